//! Arithmetic on the curves that are supported: points read, scalars turned into points.

mod confirm;
mod multiples;
mod signers;

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use confirm::Confirmer;
use multiples::Multiples;
use p256::elliptic_curve::group::{Curve as _, Group as _};
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use p256::elliptic_curve::{
    AffinePoint, BatchNormalize, CurveArithmetic, FieldBytesSize, ProjectivePoint, Scalar, SecretKey,
};
use signers::{Equation, Signers};
use zeroize::Zeroizing;

use super::public_key::Curve;
use super::secret::Secret;

/// Reads an encoded point (SEC 1 section 2.3.4), uncompressed, compressed or hybrid, and writes it
/// uncompressed. `None` when it is no point of the curve, or the point at infinity.
pub(in crate::facts) fn uncompressed(curve: Curve, point: &[u8]) -> Option<Vec<u8>> {
    let is_certain = match curve {
        Curve::P256 => P256_POINTS.confirms(point),
        Curve::Sm2 => SM2_POINTS.confirms(point),
        Curve::P224 | Curve::P384 | Curve::P521 => false,
    };
    if is_certain {
        return Some(point.to_vec());
    }
    match curve {
        Curve::P224 => uncompressed_on::<p224::NistP224>(point),
        Curve::P256 => uncompressed_on::<p256::NistP256>(point),
        Curve::P384 => uncompressed_on::<p384::NistP384>(point),
        Curve::P521 => uncompressed_on::<p521::NistP521>(point),
        Curve::Sm2 => uncompressed_on::<sm2::Sm2>(point),
    }
}

/// The point d·G, uncompressed. `scalar` is as long as a coordinate; `guess` is what the point
/// probably is, which saves work when it is. `None` when the scalar is zero or not below the order
/// of the curve.
pub(in crate::facts) fn times_generator(
    curve: Curve,
    scalar: &Secret<Vec<u8>>,
    guess: Option<&[u8]>,
) -> Option<Vec<u8>> {
    let scalar = scalar.expose();
    match curve {
        Curve::P224 => P224.times(scalar, guess),
        Curve::P256 => P256.times(scalar, guess),
        Curve::P384 => P384.times(scalar, guess),
        Curve::P521 => P521.times(scalar, guess),
        Curve::Sm2 => SM2.times(scalar, guess),
    }
}

/// Whether `point` certainly is d·G. If not, it may be nevertheless.
pub(in crate::facts) fn certainly_is_times_generator(
    curve: Curve,
    scalar: &Secret<Vec<u8>>,
    point: &[u8],
) -> bool {
    match curve {
        Curve::P256 => P256_POINTS.confirms_multiple(scalar.expose(), point),
        Curve::Sm2 => SM2_POINTS.confirms_multiple(scalar.expose(), point),
        Curve::P224 | Curve::P384 | Curve::P521 => false,
    }
}

static P256_POINTS: Confirmer<p256::NistP256> = Confirmer::new(200);
static SM2_POINTS: Confirmer<sm2::Sm2> = Confirmer::new(8);

static P224: Generator<p224::NistP224> = Generator::new();
static P256: Generator<p256::NistP256> = Generator::new();
static P384: Generator<p384::NistP384> = Generator::new();
static P521: Generator<p521::NistP521> = Generator::new();
static SM2: Generator<sm2::Sm2> = Generator::new();

/// Whether the key `point` made the ECDSA signature of `r` and `s` (in big-endian without leading zeros) of
/// a digest. `None` where another way to find out is faster, as it is before the key was asked often.
pub(in crate::facts) fn is_ecdsa(
    curve: Curve,
    point: &[u8],
    digest: impl FnOnce() -> Option<Vec<u8>>,
    numbers: [&[u8]; 2],
) -> Option<bool> {
    static P224_SIGNERS: Signers<p224::NistP224> = Signers::new();
    static P384_SIGNERS: Signers<p384::NistP384> = Signers::new();
    static P521_SIGNERS: Signers<p521::NistP521> = Signers::new();
    match curve {
        Curve::P224 => Equation::new(&P224, &P224_SIGNERS, point, numbers)?.is_ecdsa(digest),
        Curve::P384 => Equation::new(&P384, &P384_SIGNERS, point, numbers)?.is_ecdsa(digest),
        Curve::P521 => Equation::new(&P521, &P521_SIGNERS, point, numbers)?.is_ecdsa(digest),
        // For P-256 ring is faster.
        Curve::P256 | Curve::Sm2 => None,
    }
}

/// Whether the key `point` made the SM2 signature of `r` and `s` of one of the digests.
pub(in crate::facts) fn is_sm2<const N: usize>(
    point: &[u8],
    digests: [[u8; 32]; N],
    numbers: [&[u8]; 2],
) -> Option<bool> {
    static SIGNERS: Signers<sm2::Sm2> = Signers::new();
    Equation::new(&SM2, &SIGNERS, point, numbers)?.is_sm2(digests)
}

/// What is computed when it has been asked for so often that it is worth it: only batches pay for it.
struct Worthwhile<T> {
    asked: AtomicUsize,
    computed: OnceLock<T>,
}

impl<T> Worthwhile<T> {
    const fn new() -> Self {
        Self { asked: AtomicUsize::new(0), computed: OnceLock::new() }
    }

    /// What was computed, or is now, because it has been asked for so often. Meanwhile other threads do without.
    fn after(&self, times: usize, compute: impl FnOnce() -> T) -> Option<&T> {
        let is_time = || self.asked.fetch_add(1, Relaxed) == times;
        self.computed.get().or_else(|| is_time().then(|| self.computed.get_or_init(compute)))
    }
}

/// The point that keys are multiples of.
struct Generator<C: CurveArithmetic>(Worthwhile<Multiples<C>>);

/// The table of multiples takes as long as so many multiplications without it.
const WORTH_A_TABLE: usize = 8;

impl<C> Generator<C>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    const fn new() -> Self {
        Self(Worthwhile::new())
    }

    fn compute() -> Multiples<C> {
        Multiples::of(ProjectivePoint::<C>::generator())
    }

    fn multiples(&self) -> &Multiples<C> {
        self.0.computed.get_or_init(Self::compute)
    }

    fn multiply(&self, scalar: &Scalar<C>) -> Zeroizing<ProjectivePoint<C>> {
        match self.0.after(WORTH_A_TABLE, Self::compute) {
            Some(multiples) => multiples.times(scalar),
            None => Zeroizing::new(ProjectivePoint::<C>::generator() * *scalar),
        }
    }

    fn times(&self, scalar: &[u8], guess: Option<&[u8]>) -> Option<Vec<u8>> {
        let scalar = Zeroizing::new(SecretKey::<C>::from_slice(scalar).ok()?.to_nonzero_scalar());
        let point = self.multiply(&scalar);
        // Comparing takes no inversion, writing does.
        if let Some(guess) = guess
            && read_point::<C>(guess).is_some_and(|guess| ProjectivePoint::<C>::from(guess) == *point)
        {
            return Some(guess.to_vec());
        }
        Some(point.to_affine().to_sec1_point(false).as_bytes().to_vec())
    }
}

fn uncompressed_on<C>(point: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let read = read_point::<C>;
    match point.first()? {
        4 => read(point).map(|_| point.to_vec()),
        2 | 3 => read(point).map(|point| point.to_sec1_point(false).as_bytes().to_vec()),
        hybrid @ (6 | 7) => {
            let mut plain = point.to_vec();
            *plain.first_mut()? = 4;
            let is_odd = plain.last()? & 1 == 1;
            (read(&plain).is_some() && is_odd == (*hybrid == 7)).then_some(plain)
        }
        _ => None,
    }
}

fn read_point<C>(bytes: &[u8]) -> Option<AffinePoint<C>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C>,
{
    let encoded = Sec1Point::<C>::from_bytes(bytes).ok()?;
    AffinePoint::<C>::from_sec1_point(&encoded).into_option()
}
