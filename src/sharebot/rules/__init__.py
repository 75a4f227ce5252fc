"""Pure decisions: plain values in, plain values out, `now` is a parameter."""
