//! What a process has used, from `/proc`.

use crate::Result;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;
use std::path::Path;

/// What a process has used since it began, and holds now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Seconds in the program.
    pub user: f64,
    /// Seconds in the kernel.
    pub system: f64,
    /// Bytes in memory.
    pub resident: u64,
    /// Times that it went to sleep, of its first thread.
    pub waits: u64,
    /// Times that it was interrupted, of its first thread.
    pub preemptions: u64,
    /// Calls of the `read` and `write` families; those of sockets are not among them.
    pub file_calls: u64,
}

impl Usage {
    pub fn of(pid: u32) -> Result<Self> {
        Self::read(&format!("/proc/{pid}"))
    }

    pub fn own() -> Result<Self> {
        Self::read("/proc/self")
    }

    fn read(folder: &str) -> Result<Self> {
        let stat = fs::read_to_string(format!("{folder}/stat"))?;
        // The name of the program, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(") ").ok_or("no stat")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let ticks = rustix::param::clock_ticks_per_second() as f64;
        let status = fs::read_to_string(format!("{folder}/status"))?;
        // Without the right to see it, it is left at nothing.
        let io = fs::read_to_string(format!("{folder}/io")).unwrap_or_default();
        Ok(Self {
            user: fields[11].parse::<f64>()? / ticks,
            system: fields[12].parse::<f64>()? / ticks,
            resident: field(&status, "VmRSS:") * 1024,
            waits: field(&status, "voluntary_ctxt_switches:"),
            preemptions: field(&status, "nonvoluntary_ctxt_switches:"),
            file_calls: field(&io, "syscr:") + field(&io, "syscw:"),
        })
    }

    pub fn cpu(&self) -> f64 {
        self.user + self.system
    }
}

fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|value| value.split_whitespace().next())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}

/// The number that a program under `allocations.c` has counted up to.
pub fn read_counter(path: &Path) -> Result<u64> {
    let bytes = fs::read(path)?;
    let bytes = bytes.first_chunk().ok_or("no counter in the file")?;
    Ok(u64::from_ne_bytes(*bytes))
}

/// Allows as many open files as the system lets us.
pub fn raise_file_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    )?;
    Ok(())
}
