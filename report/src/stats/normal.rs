//! The standard normal distribution.
//!
//! Quantiles are Wichura's algorithm AS 241, procedure PPND16 (Applied Statistics 37 (1988) 477-484), a rational
//! approximation in three regions with a relative error of about 1e-16.

/// Numerator and denominator of a region, lowest power first.
struct Ratio([f64; 8], [f64; 8]);

/// For |p - 1/2| up to 0.425.
#[expect(clippy::excessive_precision, reason = "the digits stand as they were published")]
const MIDDLE: Ratio = Ratio(
    [
        3.387_132_872_796_366_608,
        133.141_667_891_784_377_45,
        1_971.590_950_306_551_442_7,
        13_731.693_765_509_461_125,
        45_921.953_931_549_871_457,
        67_265.770_927_008_700_853,
        33_430.575_583_588_128_105,
        2_509.080_928_730_122_672_7,
    ],
    [
        1.0,
        42.313_330_701_600_911_252,
        687.187_007_492_057_908_3,
        5_394.196_021_424_751_107_7,
        21_213.794_301_586_595_867,
        39_307.895_800_092_710_61,
        28_729.085_735_721_942_674,
        5_226.495_278_852_854_561,
    ],
);
/// For tails down to e^-25.
#[expect(clippy::excessive_precision, reason = "the digits stand as they were published")]
const TAIL: Ratio = Ratio(
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1,
        1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
);
/// For tails beyond e^-25.
#[expect(clippy::excessive_precision, reason = "the digits stand as they were published")]
const FAR: Ratio = Ratio(
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1,
        2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_9e-1,
        1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
);

/// The value below which a standard normal number lies with probability `p`.
///
/// `p` from 0 to 1; the ends give `-inf` and `+inf`, and a `p` outside counts as the nearer end.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let centred = p - 0.5;
    if centred.abs() <= 0.425 {
        return centred * MIDDLE.at(0.180_625 - centred * centred);
    }
    let tail = if centred < 0.0 { p } else { 1.0 - p };
    let depth = libm::sqrt(-libm::log(tail));
    let size = if depth <= 5.0 { TAIL.at(depth - 1.6) } else { FAR.at(depth - 5.0) };
    size.copysign(centred)
}

/// Twice the probability of a standard normal number above `z`, for `z` of at least 0.
pub(super) fn two_tails(z: f64) -> f64 {
    libm::erfc(z * core::f64::consts::FRAC_1_SQRT_2)
}

impl Ratio {
    fn at(&self, x: f64) -> f64 {
        let polynomial = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * x + term);
        polynomial(&self.0) / polynomial(&self.1)
    }
}
