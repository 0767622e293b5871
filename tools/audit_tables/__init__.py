"""The audit: our tables held against the message schemas that every ``kafka-clients`` jar carries.

``schemas`` reads the jars, ``kafka`` and ``tables`` each lay out one message version as flat rows without knowing of
the other, ``compare`` finds what differs, ``deliberate`` says which differences are wanted and why.
"""
