"""The maintainer's side: from files people edit to the files the daemon reads."""
