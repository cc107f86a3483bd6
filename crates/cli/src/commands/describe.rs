//! `bauta describe`: what the file of another program's model does not say.

use bauta_app::{Adapters, describe_model, foreign_facts};
use bauta_domain::{ChannelOrder, ForeignAnswers, ForeignFacts, ValueRange};
use serde_json::json;

use crate::{
    arguments::{Describe, OrderName, RangeName},
    output,
};

pub(crate) fn run(adapters: &Adapters, arguments: &Describe) -> anyhow::Result<()> {
    let path = &arguments.model;
    let Some(facts) = foreign_facts(adapters, path)? else {
        let known = format!("{} can be used as it is", path.display());
        return if arguments.json {
            output::json(&json!({ "described": true }))
        } else {
            output::line(&known);
            Ok(())
        };
    };
    let labels = match &arguments.labels_file {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| anyhow::anyhow!("{}: the list of labels cannot be read: {error}", file.display()))?
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect(),
        None if arguments.labels.is_empty() => facts.labels.clone(),
        None => arguments.labels.iter().map(|label| label.trim().to_owned()).collect(),
    };
    let order = arguments.order.map(order).or(facts.order);
    let range = arguments.range.map(range).or(facts.range).or(facts.takes_bytes.then_some(ValueRange::Bytes));
    let (Some(side), Some(order), Some(range), false) =
        (arguments.size.or(facts.side), order, range, labels.is_empty())
    else {
        return tell(&facts, arguments.json);
    };
    let json = describe_model(&facts, path, &ForeignAnswers { side, order, range, labels })?;
    if arguments.json {
        return output::json(&json!({ "described": true, "manifest": json }));
    }
    output::line(&format!("description written to {}", json.display()));
    Ok(())
}

/// What the model tells, and what has to be said.
fn tell(facts: &ForeignFacts, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return output::json(&json!({ "described": false, "facts": facts }));
    }
    let ForeignFacts { scores, side, channels_last, gives_logits, .. } = facts;
    let layout = if *channels_last { "pixels one after the other" } else { "planes of colours" };
    let kind = if *gives_logits { "logits" } else { "probabilities" };
    let size = side.map_or("any size (--size)".to_owned(), |side| format!("{side}×{side} pixels"));
    output::line(&format!("pictures: {size}, {layout}; scores: {scores}, {kind}"));
    let missing: Vec<&str> = [
        (side.is_none(), "--size"),
        (facts.order.is_none(), "--order"),
        (facts.range.is_none() && !facts.takes_bytes, "--range"),
        (facts.labels.is_empty(), "--labels"),
    ]
    .into_iter()
    .filter_map(|(is_missing, option)| is_missing.then_some(option))
    .collect();
    anyhow::bail!("the model does not say all that is needed to use it; say {}", missing.join(", "))
}

fn order(name: OrderName) -> ChannelOrder {
    match name {
        OrderName::Rgb => ChannelOrder::Rgb,
        OrderName::Bgr => ChannelOrder::Bgr,
    }
}

fn range(name: RangeName) -> ValueRange {
    match name {
        RangeName::Bytes => ValueRange::Bytes,
        RangeName::Unit => ValueRange::Unit,
        RangeName::Signed => ValueRange::Signed,
        RangeName::Imagenet => ValueRange::ImageNet,
    }
}
