//! A running driver: one command in, one line of JSON out.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longer than any scenario may take to answer one command.
const PATIENCE: Duration = Duration::from_secs(60);

/// A driver process; ended when dropped.
pub struct Driver {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
    /// Every line that it printed.
    pub printed: Vec<String>,
}

impl Driver {
    /// Starts the driver.
    ///
    /// # Errors
    /// A sentence when the program cannot be started.
    pub fn start(mut command: Command) -> Result<Driver, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|problem| format!("the driver cannot be started: {problem}"))?;
        let (sender, lines) = channel();
        let (output, mut errors) =
            (child.stdout.take().ok_or("no stdout")?, child.stderr.take().ok_or("no stderr")?);
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let errors = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // What was read before a broken pipe still counts.
            let _ = errors.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let input = child.stdin.take();
        Ok(Driver { child, input, lines, errors: Some(errors), printed: Vec::new() })
    }

    /// Sends a command whose words are encoded here.
    ///
    /// # Errors
    /// A sentence when the driver has gone.
    pub fn send(&mut self, words: &[&str]) -> Result<(), String> {
        let encoded: Vec<String> = words
            .iter()
            .map(|word| utf8_percent_encode(word, NON_ALPHANUMERIC).to_string().replace("%5F", "_"))
            .collect();
        let input = self.input.as_mut().ok_or("the driver was finished")?;
        writeln!(input, "{}", encoded.join(" ")).map_err(|problem| format!("the driver has gone: {problem}"))
    }

    /// Sends a command and gives its answer.
    ///
    /// # Errors
    /// A sentence when the driver has gone, is late or does not answer in JSON.
    pub fn ask(&mut self, words: &[&str]) -> Result<Value, String> {
        self.send(words)?;
        let line = self.lines.recv_timeout(PATIENCE).map_err(|_| format!("no answer to {}", words[0]))?;
        self.printed.push(line.clone());
        serde_json::from_str(&line).map_err(|problem| format!("{line:?} is not JSON: {problem}"))
    }

    /// How many threads of the driver have this name, of which the system keeps 15 characters.
    ///
    /// # Errors
    /// A sentence when the system does not tell.
    pub fn threads(&self, name: &str) -> Result<usize, String> {
        let folder = format!("/proc/{}/task", self.child.id());
        let threads = std::fs::read_dir(&folder).map_err(|problem| format!("{folder}: {problem}"))?;
        // One that ends meanwhile has no name any more.
        let names =
            threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok());
        Ok(names.filter(|found| found.trim_end() == name).count())
    }

    /// The most memory that the driver has held at once since this was last asked, in KiB.
    ///
    /// # Errors
    /// A sentence when the system does not tell.
    pub fn peak_memory(&mut self) -> Result<u64, String> {
        let folder = format!("/proc/{}", self.child.id());
        let told = |problem: std::io::Error| format!("{folder}: {problem}");
        let status = std::fs::read_to_string(format!("{folder}/status")).map_err(told)?;
        // Begins anew with what it holds now.
        std::fs::write(format!("{folder}/clear_refs"), "5").map_err(told)?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|word| word.parse().ok());
        number.ok_or_else(|| format!("{folder}/status tells no VmHWM"))
    }

    /// Lets the driver end and gives what it wrote to stderr.
    ///
    /// # Errors
    /// A sentence when it ended with another status than 0.
    pub fn finish(mut self) -> Result<String, String> {
        drop(self.input.take());
        let status = self.child.wait().map_err(|problem| problem.to_string())?;
        let errors = self.errors.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        if status.success() { Ok(errors) } else { Err(format!("the driver ended with {status}: {errors}")) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Both fail only for a driver that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
