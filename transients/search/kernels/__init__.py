"""What is compiled. Importing a kernel imports numba, half a second that only who searches waits for."""
