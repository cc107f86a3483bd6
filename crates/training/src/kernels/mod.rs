//! Operators of our own for the runtime: what its operators could only do in many passes over memory.
//!
//! A graph names them in [`DOMAIN`]; [`domain`] makes them known to a session. They compute on the calling
//! thread with the widest vectors of the processor that [`pulp`] knows.

mod lanes;
mod pool;
mod stem;
#[cfg(test)]
mod tests;
mod tiles;
mod tiling;
mod transforms;

use ort::{
    operator::{BoxedKernel, ComputeContext, KernelContext, Operator, OperatorDomain, OperatorInput, OperatorOutput},
    value::{TensorElementType, ValueRef},
};
use pulp::Arch;

pub use self::{stem::TAPS, tiling::PLACES};
use self::{
    stem::{Sizes, Stem, StemGradient},
    tiles::{Input, InputGradient, Output, OutputGradient},
    tiling::Tiling,
};

/// Domain of our operators in a graph.
pub const DOMAIN: &str = "bauta";

/// Side of a map of this side, at least 4, after convolution and pool. The pool reads no last row or column that is
/// left over.
pub const fn pooled(side: usize) -> usize {
    (side - 2) / 2
}

/// How many tiles the maps of this many pictures are cut into.
pub fn tiles(pictures: usize, side: usize) -> usize {
    Tiling { pictures, side }.tiles()
}

/// Our operators. All tensors are `f32`; maps are `[pictures, side, side, channels]`, tiles
/// `[36, tiles, channels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Pixels `[pictures, side, side, 3]`, kernels `[27, filters]`, bias `[filters]` → pooled maps, choices.
    Stem,
    /// Pixels, gradient of the pooled maps, choices → gradients of kernels and bias.
    StemGradient,
    /// Maps → tiles.
    TilesOfMaps,
    /// Gradient of tiles → gradient of maps, whose side is the attribute.
    MapsOfTiles,
    /// Products of tiles, bias `[filters]` → pooled maps, choices. The side of the maps that the convolution
    /// read is the attribute.
    Pooled,
    /// Gradient of pooled maps, choices → gradients of products and bias. The attribute is as before.
    PooledGradient,
}

impl Kernel {
    const ALL: [Self; 6] =
        [Self::Stem, Self::StemGradient, Self::TilesOfMaps, Self::MapsOfTiles, Self::Pooled, Self::PooledGradient];
    /// Name of the attribute that holds a side.
    pub const SIDE: &str = "side";

    /// Its name in a graph.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stem => "Stem",
            Self::StemGradient => "StemGradient",
            Self::TilesOfMaps => "TilesOfMaps",
            Self::MapsOfTiles => "MapsOfTiles",
            Self::Pooled => "Pooled",
            Self::PooledGradient => "PooledGradient",
        }
    }

    /// How many inputs and outputs it has.
    const fn arity(self) -> (usize, usize) {
        match self {
            Self::Stem | Self::StemGradient => (3, 2),
            Self::TilesOfMaps | Self::MapsOfTiles => (1, 1),
            Self::Pooled | Self::PooledGradient => (2, 2),
        }
    }

    fn compute(self, arch: Arch, side: usize, call: &Call<'_>) -> ort::Result<()> {
        match self {
            Self::Stem => stem(arch, call),
            Self::StemGradient => stem_gradient(arch, call),
            Self::TilesOfMaps => tiles_of_maps(arch, call),
            Self::MapsOfTiles => maps_of_tiles(arch, side, call),
            Self::Pooled => products_pooled(arch, side, call),
            Self::PooledGradient => products_pooled_gradient(arch, side, call),
        }
    }
}

/// All operators, for a session that runs graphs with them.
///
/// # Errors
/// When the runtime does not take them.
pub fn domain() -> ort::Result<OperatorDomain> {
    Kernel::ALL.into_iter().try_fold(OperatorDomain::new(DOMAIN)?, OperatorDomain::add)
}

impl Operator for Kernel {
    type Kernel<'attr> = BoxedKernel<'attr>;

    fn name(&self) -> &str {
        (*self).name()
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        (0..self.arity().0).map(|_| OperatorInput::required(TensorElementType::Float32))
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        (0..self.arity().1).map(|_| OperatorOutput::required(TensorElementType::Float32))
    }

    fn create_kernel<'attr>(&self, context: &KernelContext<'attr>) -> ort::Result<BoxedKernel<'attr>> {
        let (kernel, arch) = (*self, Arch::new());
        let side = context.get::<i64>(Self::SIDE).unwrap_or_default() as usize;
        Ok(Box::new(move |context: &ComputeContext| kernel.compute(arch, side, &Call { context })))
    }
}

/// The tensors of one call.
struct Call<'a> {
    context: &'a ComputeContext,
}

impl Call<'_> {
    fn input(&self, index: usize) -> ort::Result<ValueRef<'_>> {
        self.context.input(index)?.ok_or_else(|| ort::Error::new("an input of an operator is missing"))
    }

    /// Gives output `index` of this shape to `write`.
    fn output<const N: usize, T>(
        &self,
        index: usize,
        shape: [usize; N],
        write: impl FnOnce(&mut [f32]) -> T,
    ) -> ort::Result<T> {
        let shape = shape.map(|length| length as i64);
        let missing = || ort::Error::new("an output of an operator is missing");
        let mut value = self.context.output(index, shape)?.ok_or_else(missing)?;
        Ok(write(value.try_extract_tensor_mut::<f32>()?.1))
    }

    /// As [`output`](Self::output), of zeros.
    fn sums<const N: usize, T>(
        &self,
        index: usize,
        shape: [usize; N],
        write: impl FnOnce(&mut [f32]) -> T,
    ) -> ort::Result<T> {
        self.output(index, shape, |numbers| {
            numbers.fill(0.0);
            write(numbers)
        })
    }
}

/// The lengths and the numbers of a tensor of `N` dimensions.
fn read<'a, const N: usize>(value: &'a ValueRef<'_>) -> ort::Result<([usize; N], &'a [f32])> {
    let (shape, numbers) = value.try_extract_tensor::<f32>()?;
    let lengths: [i64; N] =
        shape.iter().as_slice().try_into().map_err(|_| ort::Error::new(format!("expected {N} dimensions: {shape}")))?;
    Ok((lengths.map(|length| length as usize), numbers))
}

fn stem(arch: Arch, call: &Call<'_>) -> ort::Result<()> {
    let (pixels, kernels, bias) = (call.input(0)?, call.input(1)?, call.input(2)?);
    let ([pictures, side, ..], pixels) = read::<4>(&pixels)?;
    let ([_, filters], kernels) = read(&kernels)?;
    let ([_], bias) = read(&bias)?;
    let sizes = Sizes { pictures, side, filters };
    let shape = [pictures, pooled(side), pooled(side), filters];
    call.output(0, shape, |maps| {
        call.output(1, shape, |choices| arch.dispatch(Stem { sizes, pixels, kernels, bias, maps, choices }))
    })?
}

fn stem_gradient(arch: Arch, call: &Call<'_>) -> ort::Result<()> {
    let (pixels, gradient, choices) = (call.input(0)?, call.input(1)?, call.input(2)?);
    let ([pictures, side, ..], pixels) = read::<4>(&pixels)?;
    let ([_, _, _, filters], gradient) = read(&gradient)?;
    let choices = read::<4>(&choices)?.1;
    let sizes = Sizes { pictures, side, filters };
    call.sums(0, [TAPS, filters], |kernels| {
        let work = |bias: &mut [f32]| {
            arch.dispatch(StemGradient { sizes, pixels, gradient, choices, kernels, bias });
        };
        call.sums(1, [filters], work)
    })?
}

fn tiles_of_maps(arch: Arch, call: &Call<'_>) -> ort::Result<()> {
    let maps = call.input(0)?;
    let ([pictures, side, _, channels], maps) = read(&maps)?;
    let tiling = Tiling { pictures, side };
    let shape = [PLACES, tiling.tiles(), channels];
    call.output(0, shape, |tiles| arch.dispatch(Input { tiling, channels, maps, tiles }))
}

fn maps_of_tiles(arch: Arch, side: usize, call: &Call<'_>) -> ort::Result<()> {
    let tiles = call.input(0)?;
    let ([_, count, channels], tiles) = read(&tiles)?;
    let tiling = Tiling::of_tiles(count, side);
    let shape = [tiling.pictures, side, side, channels];
    call.sums(0, shape, |maps| arch.dispatch(InputGradient { tiling, channels, tiles, maps }))
}

fn products_pooled(arch: Arch, side: usize, call: &Call<'_>) -> ort::Result<()> {
    let (products, bias) = (call.input(0)?, call.input(1)?);
    let ([_, count, filters], products) = read(&products)?;
    let ([_], bias) = read(&bias)?;
    let tiling = Tiling::of_tiles(count, side);
    let shape = [tiling.pictures, pooled(side), pooled(side), filters];
    call.output(0, shape, |maps| {
        call.output(1, shape, |choices| {
            arch.dispatch(Output { tiling, filters, products, bias, maps, choices });
        })
    })?
}

fn products_pooled_gradient(arch: Arch, side: usize, call: &Call<'_>) -> ort::Result<()> {
    let (gradient, choices) = (call.input(0)?, call.input(1)?);
    let ([pictures, _, _, filters], gradient) = read(&gradient)?;
    let choices = read::<4>(&choices)?.1;
    let tiling = Tiling { pictures, side };
    call.output(0, [PLACES, tiling.tiles(), filters], |products| {
        let work = |bias: &mut [f32]| {
            arch.dispatch(OutputGradient { tiling, filters, gradient, choices, products, bias });
        };
        call.sums(1, [filters], work)
    })?
}
