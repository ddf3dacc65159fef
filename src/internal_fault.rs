//! Faults of this crate, as opposed to faults of the input.
//!
//! A value that only a bug can make absent, such as the text in a range that was found in that same text, has no
//! default: an empty one would hide a finding. Such a bug panics instead. The message holds nothing of the input, and
//! the program exits with 4 (see `cli::panic_hook`).

/// Takes a value that is always there unless this crate has a bug.
pub(crate) trait OrFault {
    type Value;

    /// The value.
    ///
    /// # Panics
    ///
    /// Panics at the caller's line if there is none.
    #[track_caller]
    fn or_fault(self) -> Self::Value;
}

impl<T> OrFault for Option<T> {
    type Value = T;

    #[track_caller]
    fn or_fault(self) -> T {
        match self {
            Some(value) => value,
            None => fault(),
        }
    }
}

/// The error is dropped: it may quote the input.
impl<T, E> OrFault for Result<T, E> {
    type Value = T;

    #[track_caller]
    fn or_fault(self) -> T {
        match self {
            Ok(value) => value,
            Err(_) => fault(),
        }
    }
}

#[cold]
#[track_caller]
fn fault() -> ! {
    panic!(concat!("internal fault of apicert ", env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_fault_holds_nothing_of_the_input() {
        let thread = std::thread::spawn(|| String::from_utf8(b"secret \xff".to_vec()).or_fault());
        let payload = thread.join().err().or_fault();
        let message = payload.downcast_ref::<&str>().copied();
        assert_eq!(message, Some(concat!("internal fault of apicert ", env!("CARGO_PKG_VERSION"))));
    }
}
