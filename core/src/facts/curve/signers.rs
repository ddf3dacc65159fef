//! Keys that check signatures, and the equations of signatures on curves.
//!
//! In bulk a few authorities have signed nearly everything. Of a key that is asked again and again
//! multiples are computed once, after which a signature takes two rounds of additions and no
//! multiplication. Only what is public comes here.

use std::sync::{Arc, Mutex, PoisonError};

use p256::elliptic_curve::group::{Curve as _, Group as _};
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{
    AffinePoint, BatchNormalize, CurveArithmetic, Field as _, FieldBytes, FieldBytesSize, PrimeField as _,
    ProjectivePoint, Scalar,
};

use super::multiples::Multiples;
use super::{Generator, read_point};

/// The keys of a curve that were asked lately.
pub(super) struct Signers<C: CurveArithmetic>(Mutex<Vec<Signer<C>>>);

struct Signer<C: CurveArithmetic> {
    /// As it is written.
    point: Vec<u8>,
    asked: usize,
    multiples: Option<Arc<Multiples<C>>>,
}

/// How many keys are remembered.
const KEYS: usize = 64;
/// How many of them may have multiples, which take 0.1 to 0.4 MB each.
const TABLES: usize = 16;
/// Computing them takes as long as some dozens of signatures save.
const WORTH_A_TABLE: usize = 24;

/// A signature, as far as all kinds agree: two scalars that are not zero.
pub(super) struct Equation<'a, C: CurveArithmetic> {
    pub(super) generator: &'a Generator<C>,
    pub(super) signers: &'a Signers<C>,
    pub(super) point: &'a [u8],
    pub(super) r: Scalar<C>,
    pub(super) s: Scalar<C>,
}

impl<'a, C> Equation<'a, C>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    /// `r` and `s` in big-endian, without leading zeros; `None` when they are out of range.
    pub(super) fn new(
        generator: &'a Generator<C>,
        signers: &'a Signers<C>,
        point: &'a [u8],
        [r, s]: [&[u8]; 2],
    ) -> Option<Self> {
        let scalar = |magnitude| Scalar::<C>::from_repr(padded::<C>(magnitude)?).into_option();
        let is_in_range = |scalar: &Scalar<C>| !bool::from(scalar.is_zero());
        let (r, s) = (scalar(r).filter(is_in_range)?, scalar(s).filter(is_in_range)?);
        Some(Self { generator, signers, point, r, s })
    }

    /// Whether it is an ECDSA signature of a digest (SEC 1 section 4.1.4). `None` where that is found out
    /// faster in another way, because the key was not asked often.
    pub(super) fn is_ecdsa(&self, digest: impl FnOnce() -> Option<Vec<u8>>) -> Option<bool> {
        let multiples = self.signers.multiples(self.point)?;
        // The leftmost bits of a long digest. None of these curves has an order that ends within an octet
        // of one.
        let digest = digest()?;
        let digest = digest.get(..FieldBytes::<C>::default().len()).unwrap_or(&digest);
        let digest = Scalar::<C>::reduce(&padded::<C>(digest)?);
        let inverse = self.s.invert().into_option()?;
        let point =
            *self.generator.multiples().times(&(digest * inverse)) + *multiples.times(&(self.r * inverse));
        Some(x_of::<C>(&point).is_some_and(|x| x == self.r))
    }

    /// Whether it is an SM2 signature of one of the digests (GM/T 0003.2 section 7).
    pub(super) fn is_sm2<const N: usize>(&self, digests: [[u8; 32]; N]) -> Option<bool> {
        let sum = self.r + self.s;
        if bool::from(sum.is_zero()) {
            return Some(false);
        }
        let theirs = match self.signers.multiples(self.point) {
            Some(multiples) => *multiples.times(&sum),
            None => ProjectivePoint::<C>::from(read_point::<C>(self.point)?) * sum,
        };
        let x = x_of::<C>(&(*self.generator.multiply(&self.s) + theirs))?;
        let mut digests = digests.iter().filter_map(|digest| padded::<C>(digest));
        Some(digests.any(|digest| Scalar::<C>::reduce(&digest) + x == self.r))
    }
}

impl<C: CurveArithmetic> Signers<C>
where
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C>,
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The multiples of a key, once it was asked often enough.
    fn multiples(&self, point: &[u8]) -> Option<Arc<Multiples<C>>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut signer = match known.iter().position(|signer| signer.point == point) {
            Some(place) => known.remove(place),
            None => Signer { point: point.to_vec(), asked: 0, multiples: None },
        };
        signer.asked += 1;
        if signer.multiples.is_none() && signer.asked > WORTH_A_TABLE {
            let point = ProjectivePoint::<C>::from(read_point::<C>(point)?);
            signer.multiples = Some(Arc::new(Multiples::of(point)));
            let others = known.iter_mut().filter(|other| other.multiples.is_some());
            for forgotten in others.skip(TABLES - 1) {
                forgotten.multiples = None;
                forgotten.asked = 0;
            }
        }
        let multiples = signer.multiples.clone();
        known.insert(0, signer);
        known.truncate(KEYS);
        multiples
    }
}

/// The first coordinate of a point as a scalar; `None` at infinity.
fn x_of<C: CurveArithmetic>(point: &ProjectivePoint<C>) -> Option<Scalar<C>> {
    if bool::from(point.is_identity()) {
        return None;
    }
    Some(Scalar::<C>::reduce(&point.to_affine().x()))
}

/// A number in big-endian, as long as a field element is written; `None` when it does not fit.
fn padded<C: CurveArithmetic>(magnitude: &[u8]) -> Option<FieldBytes<C>> {
    let mut octets = FieldBytes::<C>::default();
    let missing = octets.len().checked_sub(magnitude.len())?;
    octets.get_mut(missing..)?.copy_from_slice(magnitude);
    Some(octets)
}
