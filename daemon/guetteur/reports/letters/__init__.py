"""The complaint letter: what a person answered, as a French PDF to print, complete by hand, sign and post."""
