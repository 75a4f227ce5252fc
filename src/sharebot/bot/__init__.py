"""The officers' chat: updates in, a call or two, an answer out."""
