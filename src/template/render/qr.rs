//! QR codes as pictures in a mail.

use qrcode::{Color, EcLevel, QrCode};
use sha2::{Digest, Sha256};

use crate::mail::InlineImage;

/// Pixels for one module of the code. Mail programs smooth pictures when they scale them: with fewer pixels the code
/// blurs.
const MODULE: usize = 8;
/// The light frame that code readers need, in modules (ISO/IEC 18004 §5.3.8).
const QUIET: usize = 4;

/// Why a text cannot become a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(super) struct CodeError {
    reason: String,
}

/// The QR code of a text, black on white. The same text always makes the same picture.
pub(in crate::template) fn qr_code(text: &str) -> Result<InlineImage, CodeError> {
    let error = |reason: String| CodeError { reason };
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| error(e.to_string()))?;
    let width = code.width();
    let side = (width + 2 * QUIET) * MODULE;
    let colors = code.to_colors();
    let mut pixels = vec![0xff_u8; side * side.div_ceil(8)];
    let row = side.div_ceil(8);
    for (place, _) in colors
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == Color::Dark)
    {
        let (x, y) = ((place % width + QUIET) * MODULE, (place / width + QUIET) * MODULE);
        for line in y..y + MODULE {
            for dot in x..x + MODULE {
                pixels[line * row + dot / 8] &= !(0x80 >> (dot % 8));
            }
        }
    }
    // A code has at most 177 modules a side.
    let side = u32::try_from(side).map_err(|e| error(e.to_string()))?;
    let mut data = Vec::new();
    let mut encoder = png::Encoder::new(&mut data, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(|e| error(e.to_string()))?;
    writer
        .write_image_data(&pixels)
        .map_err(|e| error(e.to_string()))?;
    writer.finish().map_err(|e| error(e.to_string()))?;
    let digest = Sha256::digest(text);
    let name = format!("{digest:.16x}");
    Ok(InlineImage {
        content_id: format!("code-{name}@invite"),
        media_type: "image/png",
        data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_picture_of_its_modules() {
        let image = qr_code("https://zoom.us/j/1").unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&image.data))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        // Version 2: 25 modules and the frame.
        assert_eq!((info.width, info.height), (264, 264));
        let is_dark = |x: usize, y: usize| pixels[y * info.line_size + x / 8] & (0x80 >> (x % 8)) == 0;
        // The frame is light. The finder in the corner is dark, with a light ring in it.
        assert!(!is_dark(3, 3) && is_dark(36, 36) && !is_dark(44, 44) && is_dark(60, 60));
        assert!(image.data.len() < 2000, "{}", image.data.len());
        assert_eq!(image, qr_code("https://zoom.us/j/1").unwrap());
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(qr_code(&"x".repeat(5000)).is_err());
    }
}
