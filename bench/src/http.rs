//! A minimal HTTP/1.1 implementation on blocking connections, for the runtime API, the DynamoDB stub and the clients.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};

/// A request or a response.
#[derive(Debug)]
pub(crate) struct Message {
    /// Request line or status line.
    pub(crate) line: String,
    /// Headers, with lowercase names.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Reads the next message. Returns `None` if the connection is closed.
    pub(crate) fn read(from: &mut BufReader<impl Read>) -> Result<Option<Self>> {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            from.read_line(&mut header)?;
            let Some((name, value)) = header.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut message = Self { line: line.trim_end().to_owned(), headers, body: Vec::new() };
        if message.header("transfer-encoding").is_some() {
            message.read_chunks(from)?;
        } else if let Some(length) = message.header("content-length") {
            message.body = vec![0; length.parse().map_err(Error::other)?];
            from.read_exact(&mut message.body)?;
        }
        Ok(Some(message))
    }

    fn read_chunks(&mut self, from: &mut BufReader<impl Read>) -> Result<()> {
        loop {
            let mut size = String::new();
            from.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).map_err(Error::other)?;
            let mut chunk = vec![0; size + 2];
            from.read_exact(&mut chunk)?;
            self.body.extend(&chunk[..size]);
            if size == 0 {
                return Ok(());
            }
        }
    }

    /// Returns the value of a header, by its lowercase name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the status code of a response.
    pub(crate) fn status(&self) -> Result<u16> {
        let status = self.line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.ok_or_else(|| Error::new(ErrorKind::InvalidData, format!("no status: {}", self.line)))
    }
}

/// Writes a message: its first line, headers (each with its line end) and a body.
pub(crate) fn write(to: &mut impl Write, line: &str, headers: &str, body: &[u8]) -> Result<()> {
    let mut text = format!("{line}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    text.extend(body);
    to.write_all(&text)?;
    to.flush()
}
