//! What the two programs say to each other over a pipe: messages of one byte that tells the kind, and what belongs
//! to it. Numbers have the lowest byte first.

use std::io::{self, Read, Write};

use bauta_domain::{ImageSize, RgbImage};

/// Frames with more pixels are not believed: 8K video has 33 million.
const MAX_PIXELS: u64 = 200_000_000;
/// Errors are sentences.
const MAX_TEXT: u32 = 1 << 16;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The source is open, and gives pictures.
    Opened {
        /// Frames per second that it promises, when it does.
        frames_per_second: Option<f64>,
        /// Whether frames wait for the reader.
        waits_for_reader: bool,
    },
    /// The next frame.
    Frame(RgbImage),
    /// There are no more frames.
    End,
    /// It cannot go on, and why.
    Failed(String),
    /// So many frames are in the file.
    Written(u64),
}

impl Message {
    /// Sends it.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Opened { frames_per_second, waits_for_reader } => {
                to.write_all(b"O")?;
                to.write_all(&frames_per_second.unwrap_or(f64::NAN).to_le_bytes())?;
                to.write_all(&[u8::from(*waits_for_reader)])?;
            }
            Self::Frame(image) => {
                let size = image.size();
                to.write_all(b"F")?;
                to.write_all(&size.width.to_le_bytes())?;
                to.write_all(&size.height.to_le_bytes())?;
                to.write_all(image.pixels())?;
            }
            Self::End => to.write_all(b"N")?,
            Self::Failed(text) => {
                let text = &text.as_bytes()[..text.floor_char_boundary(MAX_TEXT as usize)];
                to.write_all(b"E")?;
                to.write_all(&(text.len() as u32).to_le_bytes())?;
                to.write_all(text)?;
            }
            Self::Written(frames) => {
                to.write_all(b"W")?;
                to.write_all(&frames.to_le_bytes())?;
            }
        }
        to.flush()
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// When the other side is gone (an unexpected end), or says what is no message.
    pub fn read(from: &mut impl Read) -> io::Result<Self> {
        let [kind] = bytes(from)?;
        Ok(match kind {
            b'O' => {
                let promised = f64::from_le_bytes(bytes(from)?);
                let [waits] = bytes(from)?;
                let frames_per_second = (!promised.is_nan()).then_some(promised);
                Self::Opened { frames_per_second, waits_for_reader: waits != 0 }
            }
            b'F' => {
                let (width, height) = (u32::from_le_bytes(bytes(from)?), u32::from_le_bytes(bytes(from)?));
                if u64::from(width) * u64::from(height) > MAX_PIXELS {
                    return Err(nonsense(&format!("a frame of {width}×{height} pixels")));
                }
                let pixels = exactly(from, 3 * u64::from(width) * u64::from(height))?;
                let image = RgbImage::new(ImageSize::new(width, height), pixels);
                Self::Frame(image.ok_or_else(|| nonsense(&format!("a frame of {width}×{height} pixels")))?)
            }
            b'N' => Self::End,
            b'E' => {
                let length = u32::from_le_bytes(bytes(from)?);
                if length > MAX_TEXT {
                    return Err(nonsense(&format!("a text of {length} bytes")));
                }
                Self::Failed(String::from_utf8_lossy(&exactly(from, u64::from(length))?).into_owned())
            }
            b'W' => Self::Written(u64::from_le_bytes(bytes(from)?)),
            other => return Err(nonsense(&format!("a message of kind {other:#04x}"))),
        })
    }
}

fn bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads without filling the memory with zeros first: frames come sixty times a second.
fn exactly(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| nonsense(&format!("{length} bytes")))?);
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn nonsense(found: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("it sent {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_arrives_as_it_was_sent() {
        let image = RgbImage::new(ImageSize::new(2, 1), vec![1, 2, 3, 4, 5, 6]).unwrap();
        let sent = [
            Message::Opened { frames_per_second: Some(29.97), waits_for_reader: true },
            Message::Opened { frames_per_second: None, waits_for_reader: false },
            Message::Frame(image),
            Message::Failed("clip.avi: nö".to_owned()),
            Message::Written(12),
            Message::End,
        ];
        let mut pipe = Vec::new();
        sent.iter().for_each(|message| message.write(&mut pipe).unwrap());
        let mut from = pipe.as_slice();
        for message in &sent {
            assert_eq!(&Message::read(&mut from).unwrap(), message);
        }
        assert_eq!(Message::read(&mut from).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_is_no_message_is_refused_before_memory_is_taken_for_it() {
        let huge = [&b"F"[..], &u32::MAX.to_le_bytes(), &u32::MAX.to_le_bytes()].concat();
        let long = [&b"E"[..], &u32::MAX.to_le_bytes()].concat();
        for bytes in [&b"x"[..], &huge, &long] {
            assert_eq!(Message::read(&mut &*bytes).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
        let cut_off = [&b"F"[..], &2u32.to_le_bytes(), &2u32.to_le_bytes(), &[0; 5]].concat();
        assert_eq!(Message::read(&mut cut_off.as_slice()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
