"""Pictures and audio are made lighter in processes of their own, since decoders meet foreign files."""
