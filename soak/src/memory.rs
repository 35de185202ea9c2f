//! The memory of both processes over the time of a run: it may not grow in the second half.

use crate::counts::Counts;
use crate::process::resident;
use std::time::Duration;

/// How much the median of the last quarter may be above that of the one before, in percent.
const MOST_GROWTH: u64 = 5;

/// Below that a run is too short to tell.
const SHORTEST: u64 = 20;

pub(crate) struct Memory {
    processes: [(&'static str, u32); 2],
    seconds: u64,
    /// The time, and the KiB of each process.
    samples: Vec<(f64, [u64; 2])>,
}

impl Memory {
    pub(crate) fn new(server: u32, seconds: u64) -> Self {
        Self {
            processes: [("client", std::process::id()), ("server", server)],
            seconds,
            samples: Vec::new(),
        }
    }

    pub(crate) fn sample(&mut self, time: Duration) {
        let sizes = self.processes.map(|(_, process)| resident(process));
        self.samples.push((time.as_secs_f64(), sizes));
    }

    /// Prints what there was, and notes it if it grows.
    pub(crate) fn judge(&self, counts: &Counts) {
        for (index, (name, _)) in self.processes.iter().enumerate() {
            let samples: Vec<(f64, u64)> = self
                .samples
                .iter()
                .map(|(time, sizes)| (*time, sizes[index]))
                .collect();
            let count = samples.len();
            if count < 8 {
                println!("memory of the {name}: {count} samples, too few to tell");
                continue;
            }
            let (third, last) = (
                median(&samples[count / 2..count * 3 / 4]),
                median(&samples[count * 3 / 4..]),
            );
            println!(
                "memory of the {name}: {} MiB at the beginning, {} in the middle, {} at the end; medians \
                 of the last quarters {} and {}; {:+.1} KiB a second in the second half",
                samples[0].1 / 1024,
                samples[count / 2].1 / 1024,
                samples[count - 1].1 / 1024,
                third / 1024,
                last / 1024,
                slope(&samples[count / 2..])
            );
            if self.seconds < SHORTEST {
                println!("the run is too short to tell whether it grows");
            } else if last * 100 > third * (100 + MOST_GROWTH) {
                counts.fail(&format!(
                    "the memory of the {name} grows: {third} KiB, then {last}"
                ));
            }
        }
    }
}

fn median(samples: &[(f64, u64)]) -> u64 {
    let mut sizes: Vec<u64> = samples.iter().map(|(_, size)| *size).collect();
    sizes.sort_unstable();
    sizes[sizes.len() / 2]
}

/// KiB a second, by least squares.
fn slope(samples: &[(f64, u64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |value: fn(&(f64, u64)) -> f64| samples.iter().map(value).sum::<f64>() / count;
    let (time, size) = (mean(|sample| sample.0), mean(|sample| sample.1 as f64));
    let (mut both, mut square) = (0.0, 0.0);
    for sample in samples {
        both += (sample.0 - time) * (sample.1 as f64 - size);
        square += (sample.0 - time) * (sample.0 - time);
    }
    both / square
}
