//! Containers: whatever is in them, they are read within the bounds on memory and computation, and what comes out is
//! no longer than what went in.

use apicert::internals::containers::{Passwords, open};
use apicert::internals::inspect::Contents;

use crate::within_memory;

pub fn run(input: &[u8]) {
    let passwords = Passwords::new(vec![String::new().into(), "correct horse".to_owned().into()]);
    // scrypt may take up to 256 MiB by itself, which is not counted here.
    if memchr::memmem::find(input, &[0xda, 0x47, 4, 11]).is_some() {
        return;
    }
    within_memory(input, || {
        if let Ok(Some(opened)) = open(input, &passwords) {
            let longest = opened.items.iter().map(|item| item.bytes.len()).max().unwrap_or_default();
            assert!(longest <= input.len(), "an item that is longer than its container");
            drop(Contents::of_container(&opened));
        }
    });
}
