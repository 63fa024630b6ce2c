"""Values as buffers of frames, and objects that stay where they are."""
