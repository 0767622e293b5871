"""Where frames come from: hex lines, raw streams, packet captures and taps; each gives frames and trouble in order."""
