"""What runs inside the sandbox: a server that imports PyTorch once, and the processes that it forks to judge."""
