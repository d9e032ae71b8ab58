//! Limits of what ffmpeg and ffprobe take from strangers: formats, codecs, protocols, and the size of pictures.

use std::{ffi::OsString, path::Path};

/// Decoders that live video needs, by their names in ffmpeg. Each of the others is code that a stranger could reach by naming it.
/// Those of subtitles are among them because ffprobe refuses a source with a track that it may not decode, wanted or not.
macro_rules! usual_decoders {
    () => {
        "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,mpeg2video,mpeg1video,mpegvideo,h263,flv,\
         aac,aac_fixed,aac_latm,libfdk_aac,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,flac,ac3,ac3_fixed,eac3,\
         pcm_alaw,pcm_mulaw,pcm_s16le,pcm_s16be,pcm_u8,s302m,cc_dec,dvbsub,libzvbi_teletextdec"
    };
}
const DECODERS: &str = usual_decoders!();
/// Decoders for finished files: those that cameras, phones, editing programs and archives of videos need as well, with pictures of
/// albums and subtitles.
const FILE_DECODERS: &str = concat!(
    usual_decoders!(),
    ",prores,dnxhd,cfhd,mjpeg,mjpegb,jpeg2000,png,gif,qtrle,rawvideo,v210,yuv4,ffv1,huffyuv,ffvhuff,utvideo,magicyuv,dvvideo,\
     theora,h261,vp6,vp6a,vp6f,vp7,vc1,wmv1,wmv2,wmv3,msmpeg4v1,msmpeg4v2,msmpeg4,svq1,svq3,cinepak,indeo3,indeo5,\
     rv10,rv20,rv30,rv40,alac,ape,wavpack,tta,dca,truehd,mlp,speex,libspeex,amrnb,amrwb,libopencore_amrnb,\
     libopencore_amrwb,gsm,cook,wmav1,wmav2,wmapro,wmalossless,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,\
     pcm_s8,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_bluray,pcm_dvd,\
     bmp,webp,tiff,ssa,ass,srt,subrip,webvtt,mov_text,text,dvdsub,pgssub,xsub,microdvd,subviewer,subviewer1,sami,stl,realtext,\
     jacosub,mpl2,pjs,vplayer"
);
/// Formats of finished files. Playlists (HLS, DASH, concat) are none of them, because they name other files and addresses;
/// neither is plain text, of which ffmpeg would make a film.
const FILE_FORMATS: &str =
    "mov,matroska,webm,avi,asf,flv,live_flv,mpegts,mpeg,mpegvideo,m4v,h264,hevc,ivf,ogg,mxf,nut,rm,dv,\
                            gxf,wtv,yuv4mpegpipe,gif,wav,w64,aiff,caf,mp3,aac,ac3,eac3,dts,flac,amr,ape,wv,tta,au";
/// Maximum number of pixels of a picture: 8K, in either direction.
const MAX_PIXELS: &str = "35389440";

/// Options for an input that comes through a pipe, to be given before it: its demuxer and no other, no protocol but the pipe,
/// only decoders of known codecs, and no larger pictures than 8K.
pub const fn of_pipe(demuxer: &str) -> [&str; 10] {
    [
        "-protocol_whitelist",
        "pipe",
        "-format_whitelist",
        demuxer,
        "-codec_whitelist",
        DECODERS,
        "-max_pixels",
        MAX_PIXELS,
        "-f",
        demuxer,
    ]
}

/// Options for a stranger's file, to be given before it: that file alone, in a format that cannot name others, only decoders of
/// known codecs, and no larger pictures than 8K.
pub const fn of_file() -> [&'static str; 8] {
    [
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        FILE_FORMATS,
        "-codec_whitelist",
        FILE_DECODERS,
        "-max_pixels",
        MAX_PIXELS,
    ]
}

/// The URL of a file. Without the protocol, ffmpeg would take a name with a colon for another one.
pub fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_name_other_files_are_not_allowed() {
        let formats: Vec<_> = FILE_FORMATS.split(',').collect();
        for format in ["hls", "applehttp", "dash", "concat", "imf", "image2", "sdp", "tty", "lavfi", ""] {
            assert!(!formats.contains(&format), "{format}");
        }
        assert!(formats.contains(&"matroska") && formats.contains(&"gxf"));
        assert!(FILE_DECODERS.split(',').all(|name| !name.is_empty() && !name.contains(' ')));
    }

    #[test]
    fn the_name_of_a_file_is_no_protocol() {
        assert_eq!(file_url(Path::new("/a/concat:b")), "file:/a/concat:b");
    }
}
