//! Decryption with a password: PBES1 and PBES2 (RFC 8018), the algorithms of PKCS#12 (RFC 7292 appendixes B and C),
//! PBMAC1 (RFC 9579), and encrypted PEM blocks as OpenSSL has always written them.
//!
//! Ciphers, hashes, PBKDF2 and scrypt are RustCrypto's.

use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, InnerIvInit, KeyIvInit};
use hmac::digest::Digest;
use hmac::digest::common::BlockSizeUser;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use pbkdf2::pbkdf2_hmac;
use rc2::Rc2;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::containers::Fault;
use crate::der::{Reader, dotted, tag};
use crate::internal_fault::OrFault;
use crate::secret::scrub_stack;

type Bytes = Zeroizing<Vec<u8>>;

/// How much may be computed for one file, in iterations of PBKDF2: a few seconds.
const MAX_ITERATIONS: u64 = 10_000_000;

/// The most memory for scrypt, in blocks of 128 bytes: 256 MiB.
const MAX_SCRYPT_BLOCKS: u64 = 1 << 21;

/// The longest key of a MAC.
const MAX_MAC_KEY: u32 = 256;

/// What may still be computed for a file.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(MAX_ITERATIONS)
    }

    fn spend(&mut self, iterations: u64) -> Result<(), Fault> {
        self.0 = self.0.checked_sub(iterations).ok_or(Fault::TooExpensive)?;
        Ok(())
    }
}

/// A password, or that there is none: for PKCS#12 this is not the same as an empty one.
pub(super) type Password<'a> = Option<&'a str>;

#[derive(Clone, Copy)]
enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sm3,
}

/// Computes `$body` with `$type` as the hash function.
macro_rules! with_hash {
    ($hash:expr, $type:ident => $body:expr) => {
        match $hash {
            Hash::Md5 => with_hash!(@ Md5, $type, $body),
            Hash::Sha1 => with_hash!(@ Sha1, $type, $body),
            Hash::Sha224 => with_hash!(@ Sha224, $type, $body),
            Hash::Sha256 => with_hash!(@ Sha256, $type, $body),
            Hash::Sha384 => with_hash!(@ Sha384, $type, $body),
            Hash::Sha512 => with_hash!(@ Sha512, $type, $body),
            Hash::Sm3 => with_hash!(@ Sm3, $type, $body),
        }
    };
    (@ $hash:ty, $type:ident, $body:expr) => {{
        type $type = $hash;
        $body
    }};
}

impl Hash {
    /// By the identifier of the hash function.
    fn by_identifier(identifier: &str) -> Result<Self, Fault> {
        Ok(match identifier {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "1.2.156.10197.1.401" => Self::Sm3,
            _ => return Err(Fault::Unsupported(identifier.to_owned())),
        })
    }

    /// By the identifier of HMAC with it.
    fn by_hmac(identifier: &str) -> Result<Self, Fault> {
        Ok(match identifier {
            "1.2.840.113549.2.7" => Self::Sha1,
            "1.2.840.113549.2.8" => Self::Sha224,
            "1.2.840.113549.2.9" => Self::Sha256,
            "1.2.840.113549.2.10" => Self::Sha384,
            "1.2.840.113549.2.11" => Self::Sha512,
            "1.2.156.10197.1.401.2" => Self::Sm3,
            _ => return Err(Fault::Unsupported(identifier.to_owned())),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    Sm4,
    Des,
    /// With two keys.
    Des2,
    Des3,
    /// With a key of this many bytes, and this many effective bits.
    Rc2(usize, usize),
}

impl Cipher {
    const fn key_length(self) -> usize {
        match self {
            Self::Aes128 | Self::Sm4 | Self::Des2 => 16,
            Self::Aes192 | Self::Des3 => 24,
            Self::Aes256 => 32,
            Self::Des => 8,
            Self::Rc2(length, _) => length,
        }
    }

    /// The length of a block, which is that of the initialization vector too.
    const fn block_length(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 | Self::Sm4 => 16,
            Self::Des | Self::Des2 | Self::Des3 | Self::Rc2(..) => 8,
        }
    }

    fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Bytes, Fault> {
        let mut plain = Zeroizing::new(data.to_vec());
        let length = match self {
            Self::Aes128 => cbc_decrypt(Decryptor::<aes::Aes128>::new_from_slices(key, iv), &mut plain),
            Self::Aes192 => cbc_decrypt(Decryptor::<aes::Aes192>::new_from_slices(key, iv), &mut plain),
            Self::Aes256 => cbc_decrypt(Decryptor::<aes::Aes256>::new_from_slices(key, iv), &mut plain),
            Self::Sm4 => cbc_decrypt(Decryptor::<sm4::Sm4>::new_from_slices(key, iv), &mut plain),
            Self::Des => cbc_decrypt(Decryptor::<des::Des>::new_from_slices(key, iv), &mut plain),
            Self::Des2 => cbc_decrypt(Decryptor::<des::TdesEde2>::new_from_slices(key, iv), &mut plain),
            Self::Des3 => cbc_decrypt(Decryptor::<des::TdesEde3>::new_from_slices(key, iv), &mut plain),
            Self::Rc2(_, bits) => {
                let cipher = Rc2::new_with_eff_key_len(key, bits);
                cbc_decrypt(Decryptor::<Rc2>::inner_iv_slice_init(cipher, iv), &mut plain)
            }
        };
        scrub_stack();
        plain.truncate(length?);
        Ok(plain)
    }
}

/// Decrypts in place, and gives the length of what is left without padding.
fn cbc_decrypt<D: BlockModeDecrypt, E>(decryptor: Result<D, E>, data: &mut [u8]) -> Result<usize, Fault> {
    let decryptor = decryptor.map_err(|_| Fault::Malformed)?;
    decryptor.decrypt_padded::<Pkcs7>(data).map(<[u8]>::len).map_err(|_| Fault::WrongPassword)
}

/// Decrypts data; `algorithm` is the content of its AlgorithmIdentifier.
pub(super) fn decrypt(
    algorithm: &[u8],
    data: &[u8],
    password: Password<'_>,
    budget: &mut Budget,
) -> Result<Bytes, Fault> {
    let mut reader = Reader::new(algorithm);
    let identifier = dotted(reader.take(tag::OBJECT_IDENTIFIER)?);
    let parameters = reader.sequence()?;
    let pkcs12 = |cipher| (true, Hash::Sha1, cipher);
    let (is_pkcs12, hash, cipher) = match identifier.as_str() {
        "1.2.840.113549.1.5.13" => return decrypt_pbes2(parameters, data, password, budget),
        "1.2.840.113549.1.5.3" => (false, Hash::Md5, Cipher::Des),
        "1.2.840.113549.1.5.6" => (false, Hash::Md5, Cipher::Rc2(8, 64)),
        "1.2.840.113549.1.5.10" => (false, Hash::Sha1, Cipher::Des),
        "1.2.840.113549.1.5.11" => (false, Hash::Sha1, Cipher::Rc2(8, 64)),
        "1.2.840.113549.1.12.1.3" => pkcs12(Cipher::Des3),
        "1.2.840.113549.1.12.1.4" => pkcs12(Cipher::Des2),
        "1.2.840.113549.1.12.1.5" => pkcs12(Cipher::Rc2(16, 128)),
        "1.2.840.113549.1.12.1.6" => pkcs12(Cipher::Rc2(5, 40)),
        _ => return Err(Fault::Unsupported(identifier)),
    };
    let mut parameters = parameters;
    let salt = parameters.take(tag::OCTET_STRING)?;
    let iterations = count(&mut parameters)?;
    if is_pkcs12 {
        let key = derive_pkcs12(hash, KEY, password, salt, iterations, cipher.key_length(), budget)?;
        let iv = derive_pkcs12(hash, IV, password, salt, iterations, cipher.block_length(), budget)?;
        return cipher.decrypt(&key, &iv, data);
    }
    let derived = derive_pbkdf1(hash, password, salt, iterations, budget)?;
    let (key, iv) = derived.split_at_checked(8).ok_or(Fault::Malformed)?;
    cipher.decrypt(key, iv.get(..8).ok_or(Fault::Malformed)?, data)
}

/// A number that is not negative.
fn count(reader: &mut Reader<'_>) -> Result<u32, Fault> {
    match reader.integer()?.small() {
        Some(0) => Err(Fault::Malformed),
        Some(count) => Ok(count),
        None => Err(Fault::TooExpensive),
    }
}

fn decrypt_pbes2(
    mut parameters: Reader<'_>,
    data: &[u8],
    password: Password<'_>,
    budget: &mut Budget,
) -> Result<Bytes, Fault> {
    let derivation = parameters.sequence()?;
    let mut scheme = parameters.sequence()?;
    let identifier = dotted(scheme.take(tag::OBJECT_IDENTIFIER)?);
    let (cipher, iv) = match identifier.as_str() {
        "2.16.840.1.101.3.4.1.2" => (Cipher::Aes128, scheme.take(tag::OCTET_STRING)?),
        "2.16.840.1.101.3.4.1.22" => (Cipher::Aes192, scheme.take(tag::OCTET_STRING)?),
        "2.16.840.1.101.3.4.1.42" => (Cipher::Aes256, scheme.take(tag::OCTET_STRING)?),
        "1.2.156.10197.1.104.2" => (Cipher::Sm4, scheme.take(tag::OCTET_STRING)?),
        "1.2.840.113549.3.7" => (Cipher::Des3, scheme.take(tag::OCTET_STRING)?),
        "1.3.14.3.2.7" => (Cipher::Des, scheme.take(tag::OCTET_STRING)?),
        "1.2.840.113549.3.2" => {
            let mut parameters = scheme.sequence()?;
            let bits = match parameters.integer()?.small() {
                Some(160) => 40,
                Some(120) => 64,
                Some(58) => 128,
                _ => return Err(Fault::Unsupported(identifier)),
            };
            (Cipher::Rc2(bits / 8, bits), parameters.take(tag::OCTET_STRING)?)
        }
        _ => return Err(Fault::Unsupported(identifier)),
    };
    let key = derive(derivation, Some(cipher.key_length()), password, budget)?;
    cipher.decrypt(&key, iv, data)
}

/// A key by PBKDF2 or scrypt; `algorithm` is the content of an AlgorithmIdentifier. The key has the length that the
/// cipher needs, or, where there is none, the length that is stated.
fn derive(
    mut algorithm: Reader<'_>,
    length: Option<usize>,
    password: Password<'_>,
    budget: &mut Budget,
) -> Result<Bytes, Fault> {
    let identifier = dotted(algorithm.take(tag::OBJECT_IDENTIFIER)?);
    let mut parameters = algorithm.sequence()?;
    let salt = parameters.take(tag::OCTET_STRING)?;
    let password = password.unwrap_or_default().as_bytes();
    let mut key = Zeroizing::new(vec![0; length.unwrap_or_default()]);
    match identifier.as_str() {
        "1.2.840.113549.1.5.12" => {
            let iterations = count(&mut parameters)?;
            let has_length = parameters.peek() == Some(tag::INTEGER);
            let stated = if has_length { Some(count(&mut parameters)?) } else { None };
            if length.is_none() {
                let stated = stated.filter(|&stated| stated <= MAX_MAC_KEY).ok_or(Fault::Malformed)?;
                key.resize(stated as usize, 0);
            }
            let hash = match parameters.optional(tag::SEQUENCE)? {
                Some(prf) => Hash::by_hmac(&dotted(Reader::new(prf).take(tag::OBJECT_IDENTIFIER)?))?,
                None => Hash::Sha1,
            };
            // A block of SHA-1 is shorter than most keys.
            budget.spend(u64::from(iterations) * key.len().div_ceil(20) as u64)?;
            with_hash!(hash, H => pbkdf2_hmac::<H>(password, salt, iterations, &mut key));
        }
        "1.3.6.1.4.1.11591.4.11" => {
            let [n, r, p] = [count(&mut parameters)?, count(&mut parameters)?, count(&mut parameters)?];
            let blocks = u64::from(n) * u64::from(r);
            if blocks > MAX_SCRYPT_BLOCKS {
                return Err(Fault::TooExpensive);
            }
            budget.spend(blocks.checked_mul(p.into()).ok_or(Fault::TooExpensive)?)?;
            let parameters = u8::try_from(n.ilog2()).ok().filter(|_| n.is_power_of_two() && n > 1);
            let parameters = parameters.and_then(|log_n| scrypt::Params::new(log_n, r, p).ok());
            scrypt::scrypt(password, salt, &parameters.ok_or(Fault::Malformed)?, &mut key)
                .map_err(|_| Fault::Malformed)?;
        }
        _ => return Err(Fault::Unsupported(identifier)),
    }
    scrub_stack();
    Ok(key)
}

/// PBKDF1 (RFC 8018 section 5.1): 16 bytes of it.
fn derive_pbkdf1(
    hash: Hash,
    password: Password<'_>,
    salt: &[u8],
    iterations: u32,
    budget: &mut Budget,
) -> Result<Bytes, Fault> {
    budget.spend(iterations.into())?;
    let password = password.unwrap_or_default().as_bytes();
    let derived = with_hash!(hash, H => {
        let mut output = H::new().chain_update(password).chain_update(salt).finalize();
        for _ in 1..iterations {
            output = H::digest(output);
        }
        Zeroizing::new(output.to_vec())
    });
    scrub_stack();
    Ok(derived)
}

/// What a key of PKCS#12 is for.
const KEY: u8 = 1;
const IV: u8 = 2;
const MAC: u8 = 3;

/// A key by the derivation of PKCS#12 (RFC 7292 appendix B.2).
fn derive_pkcs12(
    hash: Hash,
    purpose: u8,
    password: Password<'_>,
    salt: &[u8],
    iterations: u32,
    length: usize,
    budget: &mut Budget,
) -> Result<Bytes, Fault> {
    budget.spend(u64::from(iterations) * length.div_ceil(20) as u64)?;
    let mut characters = Zeroizing::new(Vec::with_capacity(2 * password.map_or(0, str::len) + 2));
    if let Some(password) = password {
        password.encode_utf16().for_each(|unit| characters.extend_from_slice(&unit.to_be_bytes()));
        characters.extend_from_slice(&[0, 0]);
    }
    let derived =
        with_hash!(hash, H => derive_pkcs12_with::<H>(purpose, &characters, salt, iterations, length));
    scrub_stack();
    Ok(derived)
}

fn derive_pkcs12_with<H: Digest + BlockSizeUser>(
    purpose: u8,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Bytes {
    let block = H::block_size();
    let filled = |text: &[u8]| text.len().div_ceil(block) * block;
    let mut input = Zeroizing::new(Vec::with_capacity(filled(salt) + filled(password)));
    input.extend(salt.iter().cycle().take(filled(salt)));
    input.extend(password.iter().cycle().take(filled(password)));
    let mut derived = Zeroizing::new(Vec::with_capacity(length));
    loop {
        let mut output = H::new().chain_update(vec![purpose; block]).chain_update(&*input).finalize();
        for _ in 1..iterations {
            output = H::digest(output);
        }
        let wanted = length - derived.len();
        derived.extend(output.iter().take(wanted));
        if derived.len() >= length {
            return derived;
        }
        for piece in input.chunks_mut(block) {
            // The piece, plus the output as often as it takes to fill one, plus one.
            let mut carry = 1;
            for (at, byte) in piece.iter_mut().enumerate().rev() {
                let addend = output.get(at % output.len()).copied().or_fault();
                carry += u16::from(*byte) + u16::from(addend);
                [_, *byte] = carry.to_be_bytes();
                carry >>= 8;
            }
        }
    }
}

/// Whether the MAC of a PKCS#12 file is right for a password; `mac` is the content of MacData.
pub(super) fn verify_mac(
    mac: &[u8],
    content: &[u8],
    password: Password<'_>,
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let mut reader = Reader::new(mac);
    let mut info = reader.sequence()?;
    let mut algorithm = info.sequence()?;
    let expected = info.take(tag::OCTET_STRING)?;
    let identifier = dotted(algorithm.take(tag::OBJECT_IDENTIFIER)?);
    let (hash, key) = if identifier == "1.2.840.113549.1.5.14" {
        let mut parameters = algorithm.sequence()?;
        let derivation = parameters.sequence()?;
        let mac = parameters.sequence()?.take(tag::OBJECT_IDENTIFIER)?;
        (Hash::by_hmac(&dotted(mac))?, derive(derivation, None, password, budget)?)
    } else {
        let hash = Hash::by_identifier(&identifier)?;
        let salt = reader.take(tag::OCTET_STRING)?;
        let iterations = if reader.is_empty() { 1 } else { count(&mut reader)? };
        let length = with_hash!(hash, H => <H as Digest>::output_size());
        (hash, derive_pkcs12(hash, MAC, password, salt, iterations, length, budget)?)
    };
    let is_right = with_hash!(hash, H => {
        Hmac::<H>::new_from_slice(&key)
            .is_ok_and(|hmac| hmac.chain_update(content).verify_slice(expected).is_ok())
    });
    scrub_stack();
    Ok(is_right)
}

/// Decrypts the data of a PEM block with the header `DEK-Info: NAME,IV`.
pub(super) fn decrypt_traditional(header: &str, data: &[u8], password: Password<'_>) -> Result<Bytes, Fault> {
    let (name, digits) = header.split_once(',').ok_or(Fault::Malformed)?;
    let cipher = match name.trim() {
        "AES-128-CBC" => Cipher::Aes128,
        "AES-192-CBC" => Cipher::Aes192,
        "AES-256-CBC" => Cipher::Aes256,
        "DES-CBC" => Cipher::Des,
        "DES-EDE3-CBC" => Cipher::Des3,
        "SM4-CBC" => Cipher::Sm4,
        name => {
            let is_name =
                name.len() < 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            return Err(Fault::Unsupported(if is_name {
                name.to_owned()
            } else {
                "of its header".to_owned()
            }));
        }
    };
    let iv: Option<Vec<u8>> = digits
        .trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let iv = iv.filter(|iv| iv.len() == cipher.block_length()).ok_or(Fault::Malformed)?;
    let salt = iv.get(..8).ok_or(Fault::Malformed)?;
    let mut key = Zeroizing::new(Vec::with_capacity(cipher.key_length() + 16));
    let mut last = Zeroizing::new(Vec::with_capacity(16));
    while key.len() < cipher.key_length() {
        let md5 = Md5::new().chain_update(&*last).chain_update(password.unwrap_or_default());
        last.clear();
        last.extend_from_slice(&md5.chain_update(salt).finalize());
        key.extend_from_slice(&last);
    }
    key.truncate(cipher.key_length());
    cipher.decrypt(&key, &iv, data)
}
