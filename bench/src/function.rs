//! A Lambda function in its own process, with a Lambda runtime API implemented by the benchmark.

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

/// Timeout of a response. It is long because programs run slowly under valgrind.
const RESPONSE_TIMEOUT: Duration = Duration::from_mins(1);

/// A request of the function to the runtime API.
enum RuntimeEvent {
    /// It polls for the next event, so it is idle.
    Idle,
    /// It sent a response. With the time since the event was sent to it, and the response.
    Responded(Duration, Vec<u8>),
}

/// A running function. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Function {
    child: Child,
    events: Sender<Arc<str>>,
    runtime: Receiver<RuntimeEvent>,
}

impl Function {
    /// Starts `command` with the environment variables of Lambda and of `bootstrap`, and waits until it polls for an
    /// event.
    pub(crate) fn start(mut command: Command, handler: &str, variables: &[(&str, &str)]) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let child = command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
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
            // The function writes its log, which is discarded.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let (events, queue) = channel();
        let (sender, runtime) = channel();
        let queue = Arc::new(Mutex::new(queue));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (queue, sender) = (Arc::clone(&queue), sender.clone());
                // The error is ignored: a killed function closes its connection at any point.
                thread::spawn(move || serve_runtime_api(connection, &queue, &sender));
            }
        });
        let function = Self { child, events, runtime };
        function.wait_until_idle()?;
        Ok(function)
    }

    /// Sends an event, and waits until the function has responded and polls for the next event. Returns the response
    /// and the time until it.
    pub(crate) fn invoke(&self, event: &Arc<str>) -> Result<(Duration, Vec<u8>)> {
        self.events.send(Arc::clone(event)).map_err(Error::other)?;
        match self.runtime.recv_timeout(RESPONSE_TIMEOUT).map_err(Error::other)? {
            RuntimeEvent::Responded(latency, response) => self.wait_until_idle().map(|()| (latency, response)),
            RuntimeEvent::Idle => Err(Error::other("the function did not respond to an event")),
        }
    }

    fn wait_until_idle(&self) -> Result<()> {
        match self.runtime.recv_timeout(RESPONSE_TIMEOUT).map_err(Error::other)? {
            RuntimeEvent::Idle => Ok(()),
            RuntimeEvent::Responded(..) => Err(Error::other("the function responded without an event")),
        }
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the processor time used so far: user and system time of all threads.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        // The function has polled for an event. Wait until its threads sleep.
        thread::sleep(Duration::from_millis(1));
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            sum += text.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(sum))
    }

    /// Returns the resident memory in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        resident(self.id())
    }
}

/// Returns the resident memory of a process in bytes.
pub(crate) fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Error::other("no VmRSS"))
}

/// Returns a number of bytes in megabytes (10⁶ bytes).
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves the Lambda runtime API on one connection of the function.
fn serve_runtime_api(
    connection: TcpStream,
    queue: &Mutex<Receiver<Arc<str>>>,
    sender: &Sender<RuntimeEvent>,
) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut stream = BufReader::new(connection);
    let mut started = Instant::now();
    while let Some(request) = Message::read(&mut stream)? {
        if request.line.contains("/invocation/next") {
            sender.send(RuntimeEvent::Idle).map_err(Error::other)?;
            let event = queue.lock().unwrap_or_else(PoisonError::into_inner).recv().map_err(Error::other)?;
            // The deadline is in the year 2100, so that no invocation times out.
            let headers = "Lambda-Runtime-Aws-Request-Id: one\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n\
                           Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:f\r\n\
                           Content-Type: application/json\r\n";
            started = Instant::now();
            http::write(stream.get_mut(), "HTTP/1.1 200 OK", headers, event.as_bytes())?;
        } else {
            let latency = started.elapsed();
            // Before the 202, because the function can poll for the next event on another connection.
            sender.send(RuntimeEvent::Responded(latency, request.body)).map_err(Error::other)?;
            http::write(stream.get_mut(), "HTTP/1.1 202 Accepted", "", b"")?;
        }
    }
    Ok(())
}
