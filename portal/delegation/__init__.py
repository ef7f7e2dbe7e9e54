"""The pages of delegation: who holds what where, giving access, ending it, reviewing and handing it on."""
