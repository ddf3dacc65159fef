//! Keys of every kind against what OpenSSL, Go and Python's `cryptography` say of them.
