//! RSA keys: every number of the private key is compared with the others.
//!
//! Whether the primes are prime is not tested: it takes thousands of times as long, and a damaged or
//! mixed-up key does not get past the equations.

use crate::der;
use crate::der::{Integer, Reader, tag};
use crate::keys::bigint::Number;
use crate::keys::public_key;
use crate::keys::public_key::{KeyAlgorithm, PublicKey};
use crate::keys::{
    DerivedPublicKey, Inconsistency, InvalidValue, KeyConsistency, KeyFault, MAX_RSA_BITS, MAX_RSA_PRIMES,
    RsaEquation, RsaNumber, WhyNotChecked,
};

/// Reads the RSAPrivateKey inside of PKCS#8, which holds the public key `embedded` beside it.
pub(super) fn read_wrapped(
    private_key: &[u8],
    embedded: Option<&[u8]>,
) -> Result<DerivedPublicKey, KeyFault> {
    let mut outer = Reader::new(private_key);
    let mut inner = outer.sequence()?;
    if !is_version(inner.integer()?) {
        return Err(KeyFault::Structure);
    }
    let half = read(inner)?;
    if !outer.is_empty() {
        return Err(KeyFault::TrailingBytes);
    }
    let Some(embedded) = embedded else { return Ok(half) };
    let embedded = public_key::read_rsa(embedded).map(|(n, e)| PublicKey::rsa(n, e));
    if half.soundness == KeyConsistency::Sound && embedded != half.public_key {
        let soundness = KeyConsistency::Corrupt(Inconsistency::EmbeddedPublicKey);
        return Ok(DerivedPublicKey { stated_public_key: embedded, soundness, ..half });
    }
    Ok(half)
}

/// Whether Go takes the version of an RSAPrivateKey: any that is not above 1.
pub(super) fn is_version(version: Integer<'_>) -> bool {
    (version.magnitude().is_none() && version.fits(8)) || matches!(version.small(), Some(0 | 1))
}

/// Reads what follows the version of an RSAPrivateKey (RFC 8017 appendix A.1.2). As in Go, the last
/// three numbers may be missing, further primes go with any version, and bytes behind the numbers are skipped.
pub(super) fn read(mut inner: Reader<'_>) -> Result<DerivedPublicKey, KeyFault> {
    let mut written = Written {
        modulus: inner.integer()?,
        public_exponent: inner.integer()?,
        private_exponent: inner.integer()?,
        primes: vec![inner.integer()?, inner.integer()?],
        exponents: Vec::new(),
        coefficients: Vec::new(),
    };
    for index in 0..3 {
        inner.header()?;
        if inner.peek() == Some(tag::INTEGER) {
            let numbers = if index < 2 { &mut written.exponents } else { &mut written.coefficients };
            numbers.push(inner.integer()?);
        }
    }
    let mut leftover = 0;
    inner.header()?;
    if inner.peek() == Some(tag::SEQUENCE) {
        let mut others = inner.sequence()?;
        if written.coefficients.is_empty() && !others.is_empty() {
            return Err(KeyFault::Structure);
        }
        while !others.is_empty() {
            let mut other = others.sequence()?;
            written.primes.push(other.integer()?);
            written.exponents.push(other.integer()?);
            written.coefficients.push(other.integer()?);
            leftover += other.len();
        }
    }
    leftover += inner.len();
    Ok(DerivedPublicKey { leftover, ..written.prove() })
}

/// The numbers as they are written.
struct Written<'a> {
    modulus: Integer<'a>,
    public_exponent: Integer<'a>,
    private_exponent: Integer<'a>,
    primes: Vec<Integer<'a>>,
    exponents: Vec<Integer<'a>>,
    /// qInv first, then those of the third prime and after.
    coefficients: Vec<Integer<'a>>,
}

/// What the public half of a key is.
enum Computed {
    /// What the key says.
    AsStated,
    /// Something else, or not to be known.
    Otherwise(Option<PublicKey>),
}

impl Written<'_> {
    fn prove(&self) -> DerivedPublicKey {
        let stated = positive(self.modulus)
            .zip(positive(self.public_exponent))
            .map(|(modulus, exponent)| PublicKey::rsa(modulus, exponent));
        let (soundness, computed) = self.judge();
        let (public_key, stated_public_key) = match computed {
            Computed::AsStated => (stated, None),
            Computed::Otherwise(computed) => (computed, stated),
        };
        DerivedPublicKey {
            algorithm: KeyAlgorithm::Rsa,
            bits: public_key.as_ref().or(stated_public_key.as_ref()).map_or(0, |key| key.bits),
            public_key,
            stated_public_key,
            names_sm2: false,
            is_confirmed: soundness == KeyConsistency::Sound,
            soundness,
            primes: self.primes.len(),
            leftover: 0,
            exponent_bits: self.public_exponent.magnitude().map_or(0, der::bit_length),
        }
    }

    fn judge(&self) -> (KeyConsistency, Computed) {
        let is_large = self.modulus.magnitude().is_some_and(|n| der::bit_length(n) > MAX_RSA_BITS);
        if is_large || self.primes.len() > MAX_RSA_PRIMES {
            return (KeyConsistency::NotChecked(WhyNotChecked::Size), Computed::AsStated);
        }
        let impossible = self.impossible();
        if let Some((number, _)) = impossible
            && !matches!(number, RsaNumber::Modulus | RsaNumber::PublicExponent)
        {
            return (corrupt(impossible), Computed::AsStated);
        }
        let numbers = Numbers::new(self);
        match impossible {
            Some((RsaNumber::Modulus, _)) => {
                let is_consistent = numbers.broken().iter().all(|equation| *equation == RsaEquation::Product);
                let computed = is_consistent.then(|| numbers.product_of_primes());
                return (corrupt(impossible), Computed::Otherwise(computed));
            }
            Some(_) => return (corrupt(impossible), Computed::Otherwise(numbers.with_usual_exponent())),
            None => {}
        }
        let broken = numbers.broken();
        let Some(&first) = broken.first() else {
            return (
                numbers.too_large().map_or(KeyConsistency::Sound, |number| {
                    KeyConsistency::Corrupt(Inconsistency::Impossible(number, InvalidValue::TooLarge))
                }),
                Computed::AsStated,
            );
        };
        let culprit = numbers.culprit(&broken);
        let contradiction = culprit.map_or(Inconsistency::SeveralNumbers(first), Inconsistency::WrongNumber);
        let computed = match culprit {
            None => Computed::Otherwise(None),
            Some(RsaNumber::Modulus) => Computed::Otherwise(Some(numbers.product_of_primes())),
            Some(RsaNumber::PublicExponent) => Computed::Otherwise(numbers.with_usual_exponent()),
            Some(_) => Computed::AsStated,
        };
        (KeyConsistency::Corrupt(contradiction), computed)
    }

    /// The first number that no key can have.
    fn impossible(&self) -> Option<(RsaNumber, InvalidValue)> {
        let odd = |number, integer| Some((number, oddity(integer, true)?));
        let positive = |number, integer| Some((number, oddity(integer, false)?));
        odd(RsaNumber::Modulus, self.modulus)
            .or_else(|| odd(RsaNumber::PublicExponent, self.public_exponent))
            .or_else(|| positive(RsaNumber::PrivateExponent, self.private_exponent))
            .or_else(|| {
                let mut primes = self.primes.iter().enumerate();
                primes.find_map(|(index, &prime)| odd(RsaNumber::Prime(index), prime))
            })
            .or_else(|| {
                let mut exponents = self.exponents.iter().enumerate();
                exponents.find_map(|(index, &exponent)| positive(RsaNumber::Exponent(index), exponent))
            })
            .or_else(|| {
                let mut coefficients = self.coefficients.iter().enumerate();
                coefficients.find_map(|(index, &coefficient)| {
                    positive(RsaNumber::Coefficient(index + 1), coefficient)
                })
            })
    }
}

fn corrupt(impossible: Option<(RsaNumber, InvalidValue)>) -> KeyConsistency {
    impossible.map_or(KeyConsistency::Sound, |(number, oddity)| {
        KeyConsistency::Corrupt(Inconsistency::Impossible(number, oddity))
    })
}

/// What is impossible about a number: of n, e and the primes (`is_odd`), or of any other.
fn oddity(integer: Integer<'_>, is_odd: bool) -> Option<InvalidValue> {
    match integer.magnitude() {
        None => Some(InvalidValue::Negative),
        Some([]) => Some(InvalidValue::Zero),
        Some([1]) if is_odd => Some(InvalidValue::One),
        Some([.., last]) if is_odd && last & 1 == 0 => Some(InvalidValue::Even),
        Some(magnitude) if der::bit_length(magnitude) > MAX_RSA_BITS => Some(InvalidValue::TooLarge),
        Some(_) => None,
    }
}

fn positive(integer: Integer<'_>) -> Option<&[u8]> {
    integer.magnitude().filter(|magnitude| !magnitude.is_empty())
}

/// The numbers to compute with.
struct Numbers {
    modulus: Number,
    public_exponent: Number,
    private_exponent: Number,
    primes: Vec<Prime>,
    coefficients: Vec<Number>,
}

/// A prime and what goes with it.
struct Prime {
    value: Number,
    /// The value less one.
    order: Number,
    exponent: Option<Number>,
}

impl Numbers {
    fn new(written: &Written<'_>) -> Self {
        let read = |integer: Integer<'_>| Number::from_bytes(integer.magnitude().unwrap_or_default());
        let primes = written.primes.iter().enumerate().map(|(index, &prime)| {
            let value = read(prime);
            let exponent = written.exponents.get(index).map(|&exponent| read(exponent));
            Prime { order: value.minus_one(), value, exponent }
        });
        Self {
            modulus: read(written.modulus),
            public_exponent: read(written.public_exponent),
            private_exponent: read(written.private_exponent),
            primes: primes.collect(),
            coefficients: written.coefficients.iter().map(|&coefficient| read(coefficient)).collect(),
        }
    }

    /// The equations that do not hold.
    fn broken(&self) -> Vec<RsaEquation> {
        let is_product = self.holds(RsaEquation::Product);
        let undoes_all = is_product && self.undoes_all();
        let mut equations = self.equations();
        equations.retain(|&equation| match equation {
            RsaEquation::Product => !is_product,
            RsaEquation::Inverse(_) if undoes_all => false,
            _ => !self.holds(equation),
        });
        equations
    }

    /// Whether it is easy to see that d undoes e modulo both primes, as it is where d was made in one of the
    /// usual ways. Dividing by each of the primes takes many times as long. For a key of which n is p·q.
    fn undoes_all(&self) -> bool {
        let [p, q] = self.primes.as_slice() else { return false };
        // (p − 1)(q − 1)
        let totient = self.modulus.minus(&p.order).and_then(|rest| rest.minus(&q.value));
        let Some(totient) = totient else { return false };
        // e·d − 1 is a multiple of it or, where d was made modulo the least common multiple of p − 1 and
        // q − 1, of it divided by what these have in common.
        let whole = self.public_exponent.times(&self.private_exponent).minus_one();
        let Some((multiple, common)) = whole.likely_quotient(&totient) else { return false };
        let is_common = || {
            let common = Number::small(common);
            [p, q].iter().all(|prime| prime.order.modulo(&common).is_zero())
        };
        whole.times(&Number::small(common)) == totient.times(&Number::small(multiple))
            && (common == 1 || is_common())
    }

    fn equations(&self) -> Vec<RsaEquation> {
        let primes = || 0..self.primes.len();
        let exponents = primes().filter(|&index| self.exponent(index).is_some());
        let coefficients = 1..=self.coefficients.len();
        std::iter::once(RsaEquation::Product)
            .chain(primes().map(RsaEquation::Inverse))
            .chain(exponents.map(RsaEquation::ExponentInverse))
            .chain(coefficients.map(RsaEquation::CoefficientInverse))
            .collect()
    }

    fn holds(&self, equation: RsaEquation) -> bool {
        let undoes = |exponent: &Number, index: usize| {
            let prime = self.primes.get(index)?;
            Some(self.public_exponent.times(exponent).modulo(&prime.order).is_one())
        };
        let holds = match equation {
            RsaEquation::Product => Some(self.product(self.primes.len()) == self.modulus),
            RsaEquation::Inverse(index) => undoes(&self.private_exponent, index),
            RsaEquation::ExponentInverse(index) => {
                self.exponent(index).and_then(|exponent| undoes(exponent, index))
            }
            RsaEquation::CoefficientInverse(index) => {
                self.coefficients.get(index - 1).and_then(|coefficient| {
                    // qInv is the inverse of q modulo p; those after it go the other way round.
                    let (value, modulus) = match self.primes.as_slice() {
                        [p, q, ..] if index == 1 => (coefficient.times(&q.value), p),
                        primes => (coefficient.times(&self.product(index)), primes.get(index)?),
                    };
                    Some(value.modulo(&modulus.value).is_one())
                })
            }
        };
        holds.unwrap_or_default()
    }

    /// The product of the first `count` primes.
    fn product(&self, count: usize) -> Number {
        let mut primes = self.primes.iter().take(count).map(|prime| &prime.value);
        let first = primes.next().zip(primes.next()).map_or_else(|| Number::small(1), |(p, q)| p.times(q));
        primes.fold(first, |product, prime| product.times(prime))
    }

    fn exponent(&self, index: usize) -> Option<&Number> {
        self.primes.get(index)?.exponent.as_ref()
    }

    /// The number that alone is wrong, when exactly its equations do not hold.
    fn culprit(&self, broken: &[RsaEquation]) -> Option<RsaNumber> {
        let equations = self.equations();
        let explains = |number: RsaNumber| {
            equations.iter().all(|equation| number.occurs_in(*equation) == broken.contains(equation))
        };
        let primes = || 0..self.primes.len();
        let mut suspects = [RsaNumber::Modulus, RsaNumber::PublicExponent, RsaNumber::PrivateExponent]
            .into_iter()
            .chain(primes().map(RsaNumber::Prime))
            .chain(primes().filter(|&index| self.exponent(index).is_some()).map(RsaNumber::Exponent))
            .chain((1..=self.coefficients.len()).map(RsaNumber::Coefficient))
            .filter(|&number| explains(number));
        let only = suspects.next().filter(|_| suspects.next().is_none());
        // A wrong d may be right modulo one of the primes by chance.
        let is_inverse = |equation: &RsaEquation| matches!(equation, RsaEquation::Inverse(_));
        let is_partly_wrong = broken.len() < self.primes.len() && broken.iter().all(is_inverse);
        only.or(is_partly_wrong.then_some(RsaNumber::PrivateExponent))
    }

    /// A number beyond what it is used modulo. The equations hold all the same, but RFC 8017
    /// section 3.2 wants it below, and OpenSSL refuses it. It wants d below n too, but nobody minds.
    fn too_large(&self) -> Option<RsaNumber> {
        let prime_of_coefficient = |index: usize| self.primes.get(if index == 1 { 0 } else { index });
        let exponents = self
            .primes
            .iter()
            .enumerate()
            .find(|(_, prime)| prime.exponent.as_ref().is_some_and(|exponent| *exponent >= prime.value));
        let coefficients = (1..).zip(&self.coefficients).find(|(index, coefficient)| {
            prime_of_coefficient(*index).is_some_and(|prime| **coefficient >= prime.value)
        });
        exponents
            .map(|(index, _)| RsaNumber::Exponent(index))
            .or(coefficients.map(|(index, _)| RsaNumber::Coefficient(index)))
    }

    /// The public key that the primes and e make.
    fn product_of_primes(&self) -> PublicKey {
        let modulus = self.product(self.primes.len());
        PublicKey::rsa(&modulus.to_public_bytes(), &self.public_exponent.to_public_bytes())
    }

    /// The public key that n and one of the usual exponents make, if that agrees with the rest.
    fn with_usual_exponent(&self) -> Option<PublicKey> {
        let fits = |exponent: &Number| {
            self.product(self.primes.len()) == self.modulus
                && (self.primes.iter())
                    .all(|prime| self.private_exponent.times(exponent).modulo(&prime.order).is_one())
        };
        let exponent = [65537, 3, 17, 5, 257].map(Number::small).into_iter().find(fits)?;
        Some(PublicKey::rsa(&self.modulus.to_public_bytes(), &exponent.to_public_bytes()))
    }
}

impl RsaNumber {
    /// Whether an equation speaks of the number.
    fn occurs_in(self, equation: RsaEquation) -> bool {
        match (self, equation) {
            (Self::Modulus | Self::Prime(_), RsaEquation::Product)
            | (Self::PublicExponent, RsaEquation::Inverse(_) | RsaEquation::ExponentInverse(_))
            | (Self::PrivateExponent, RsaEquation::Inverse(_)) => true,
            (Self::Prime(own), RsaEquation::CoefficientInverse(index)) => own <= index,
            (Self::Prime(own), RsaEquation::Inverse(index) | RsaEquation::ExponentInverse(index))
            | (Self::Exponent(own), RsaEquation::ExponentInverse(index))
            | (Self::Coefficient(own), RsaEquation::CoefficientInverse(index)) => own == index,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    fn number(value: &BigUint) -> Number {
        Number::from_bytes(&value.to_bytes_be())
    }

    fn numbers(p: &BigUint, q: &BigUint, e: &BigUint, d: &BigUint) -> Numbers {
        let prime =
            |value: &BigUint| Prime { value: number(value), order: number(&(value - 1_u8)), exponent: None };
        Numbers {
            modulus: number(&(p * q)),
            public_exponent: number(e),
            private_exponent: number(d),
            primes: vec![prime(p), prime(q)],
            coefficients: Vec::new(),
        }
    }

    fn greatest_common_divisor(a: &BigUint, b: &BigUint) -> BigUint {
        if *b == BigUint::ZERO { a.clone() } else { greatest_common_divisor(b, &(a % b)) }
    }

    /// The short way sees the usual d, says yes to no wrong one, and `num-bigint` is asked which is which.
    #[test]
    fn the_short_way_to_d_is_right() {
        // Mersenne primes less one have much in common, 2^255 - 19 less one has little with them.
        let primes: Vec<BigUint> = [89, 107, 127, 521]
            .map(|exponent| (BigUint::from(1_u8) << exponent) - 1_u8)
            .into_iter()
            .chain([(BigUint::from(1_u8) << 255) - 19_u8])
            .collect();
        let mut seen = 0;
        for (p, q) in primes.iter().flat_map(|p| primes.iter().map(move |q| (p, q))).filter(|(p, q)| p != q) {
            let (p1, q1) = (p - 1_u8, q - 1_u8);
            let totient = &p1 * &q1;
            let least = &totient / greatest_common_divisor(&p1, &q1);
            for e in [5_u32, 11, 17, 257, 65537, 65539, 2_147_483_647].map(BigUint::from) {
                let Some(d) = e.modinv(&totient) else { continue };
                let short = &d % &least;
                let has_little_in_common = &totient / &least <= BigUint::from(64_u8);
                for (usual, d) in [(true, d.clone()), (has_little_in_common, short.clone())]
                    .into_iter()
                    .chain([&d + &totient, &d + &least, &d + &p1, &d + &q1].map(|d| (false, d)))
                    .chain(
                        [&d + 1_u8, &d - 1_u8, &short + 2_u8, &d ^ (BigUint::from(1_u8) << 64)]
                            .map(|d| (false, d)),
                    )
                    .chain((1_u8..=12).map(|part| (false, &d + &totient / part)))
                {
                    let one = BigUint::from(1_u8);
                    let is_right = (&e * &d) % &p1 == one && (&e * &d) % &q1 == one;
                    let says = numbers(p, q, &e, &d).undoes_all();
                    assert!(is_right || !says, "p {p} q {q} e {e} d {d}");
                    assert!(!usual || says, "p {p} q {q} e {e} d {d}");
                    seen += usize::from(says);
                }
            }
        }
        assert!(seen > 200, "{seen}");
    }
}
