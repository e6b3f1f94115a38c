//! How figures are put into a registry, whatever they are of.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::Registry;

use crate::web::traffic::{BOUNDS, Spread};

/// A label, by its name.
type Label = [(&'static str, &'static str); 1];

/// Gauges without labels: name, meaning, value.
pub fn gauges<const N: usize>(registry: &mut Registry, figures: [(&str, &str, u64); N]) {
    for (name, help, value) in figures {
        registry.register(name, help, ConstGauge::new(value));
    }
}

/// A gauge of times or of shares of seconds.
pub fn gauge(registry: &mut Registry, name: &str, help: &str, value: f64) {
    registry.register(name, help, ConstGauge::new(value));
}

/// A counter for each value of a label.
pub fn counters(
    registry: &mut Registry,
    name: &str,
    help: &str,
    label: &'static str,
    values: impl IntoIterator<Item = (&'static str, u64)>,
) {
    let family = Family::<Label, Counter>::default();
    for (word, value) in values {
        family.get_or_create(&[(label, word)]).inc_by(value);
    }
    registry.register(name, help, family);
}

/// A gauge for each value of a label.
pub fn labelled_gauges(
    registry: &mut Registry,
    name: &str,
    help: &str,
    label: &'static str,
    values: impl IntoIterator<Item = (&'static str, u64)>,
) {
    let family = Family::<Label, Gauge<u64, AtomicU64>>::default();
    for (word, value) in values {
        family.get_or_create(&[(label, word)]).set(value);
    }
    registry.register(name, help, family);
}

/// A histogram for each value of a label.
pub fn histograms<'a>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    label: &'static str,
    values: impl IntoIterator<Item = (&'static str, &'a Spread)>,
) {
    let family = Family::<Label, Shown>::default();
    for (word, spread) in values {
        family.get_or_create(&[(label, word)]).show(spread);
    }
    registry.register(name, help, family);
}

/// A spread as it was when it was asked for.
#[derive(Debug, Default)]
struct Shown(OnceLock<([(f64, u64); BOUNDS.len() + 1], f64)>);

impl Shown {
    fn show(&self, spread: &Spread) {
        self.0.get_or_init(|| (spread.buckets(), spread.seconds()));
    }
}

impl TypedMetric for Shown {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Shown {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Some((buckets, seconds)) = self.0.get() else {
            return Ok(());
        };
        let count = buckets.iter().map(|(_, count)| count).sum();
        encoder.encode_histogram::<NoLabelSet>(*seconds, count, buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}
