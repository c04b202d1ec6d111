//! A function as a process, under a runtime that the bench plays.

use std::{
    fs,
    io::{BufReader, Error, Result},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::http::{self, Message};

/// The longest that any answer may take; under valgrind all takes long.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the function's connections tell.
enum Told {
    /// It asks for an event: it has nothing to do.
    Idle,
    /// It has answered, so long after the event was given.
    Answered(Duration, Vec<u8>),
}

/// A function that runs. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Function {
    child: Child,
    events: Sender<Arc<str>>,
    told: Receiver<Told>,
}

impl Function {
    /// Starts `command` with the variables of Lambda's runtime and those that `bootstrap` needs, and waits until it asks
    /// for an event.
    pub(crate) fn start(mut command: Command, handler: &str, variables: &[(&str, &str)]) -> Result<Self> {
        let runtime = TcpListener::bind("127.0.0.1:0")?;
        let child = command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", runtime.local_addr()?.to_string())
            .envs([
                ("_HANDLER", handler),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", "bench"),
                ("AWS_SECRET_ACCESS_KEY", "bench"),
                ("AWS_LAMBDA_FUNCTION_NAME", handler),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("BERTH_ENVIRONMENT", "test"),
                ("BERTH_TABLE", "berth"),
            ])
            .envs(variables.iter().copied())
            // Where Lambda reads the log from: it is written, and read by nobody.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let (events, given) = channel();
        let (telling, told) = channel();
        let given = Arc::new(Mutex::new(given));
        thread::spawn(move || {
            for connection in runtime.incoming().flatten() {
                let (given, telling) = (Arc::clone(&given), telling.clone());
                // A function that is ended leaves its connection in the middle: that is no error.
                thread::spawn(move || play(connection, &given, &telling));
            }
        });
        let function = Self { child, events, told };
        function.idle()?;
        Ok(function)
    }

    /// Gives it an event, and waits until it has answered and asks for the next one. How long the answer took.
    pub(crate) fn invoke(&self, event: &Arc<str>) -> Result<(Duration, Vec<u8>)> {
        self.events.send(Arc::clone(event)).map_err(Error::other)?;
        match self.told.recv_timeout(PATIENCE).map_err(Error::other)? {
            Told::Answered(after, answer) => self.idle().map(|()| (after, answer)),
            Told::Idle => Err(Error::other("the function lost an event")),
        }
    }

    fn idle(&self) -> Result<()> {
        match self.told.recv_timeout(PATIENCE).map_err(Error::other)? {
            Told::Idle => Ok(()),
            Told::Answered(..) => Err(Error::other("the function answered what it was not asked")),
        }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The processor time that it has used until now, user and system, of all its threads.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        // It has asked for an event; it may yet be on its way to sleep.
        thread::sleep(Duration::from_millis(1));
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            sum += text.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(sum))
    }

    /// Its resident memory in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        resident(self.id())
    }
}

/// The resident memory of a process in bytes.
pub(crate) fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Error::other("no VmRSS"))
}

/// A number of bytes in millions.
#[expect(clippy::cast_precision_loss, reason = "far from where it matters")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Plays Lambda's runtime API on one connection of the function.
fn play(connection: TcpStream, given: &Mutex<Receiver<Arc<str>>>, telling: &Sender<Told>) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut stream = BufReader::new(connection);
    let mut begun = Instant::now();
    while let Some(request) = Message::read(&mut stream)? {
        if request.line.contains("/invocation/next") {
            telling.send(Told::Idle).map_err(Error::other)?;
            let event = given.lock().unwrap_or_else(PoisonError::into_inner).recv().map_err(Error::other)?;
            // A deadline that nobody lives to see.
            let headers = "Lambda-Runtime-Aws-Request-Id: one\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n\
                           Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:f\r\n\
                           Content-Type: application/json\r\n";
            begun = Instant::now();
            http::write(stream.get_mut(), "HTTP/1.1 200 OK", headers, event.as_bytes())?;
        } else {
            let after = begun.elapsed();
            // First, as the next event may be asked for on another connection.
            telling.send(Told::Answered(after, request.body)).map_err(Error::other)?;
            http::write(stream.get_mut(), "HTTP/1.1 202 Accepted", "", b"")?;
        }
    }
    Ok(())
}
