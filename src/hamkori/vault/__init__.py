"""The vault: keys of people, cases, bodies and packets. Bytes in, bytes out; what is stored where is others' work."""
