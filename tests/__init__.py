"""Tests of Klamm, named after the promises they hold."""
