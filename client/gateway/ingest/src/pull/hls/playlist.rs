//! Playlists: read within limits, and what is chosen of a master playlist.

use super::super::target::Target;
use crate::error::PullError;
use m3u8_rs::{AlternativeMedia, AlternativeMediaType, MasterPlaylist, MediaPlaylist, Playlist, VariantStream};
use std::borrow::Cow;
use url::Url;
use vilokanam_outbound::Ask;

/// Maximum size of a playlist.
const MAX_PLAYLIST_BYTES: usize = 2 << 20;
/// Maximum number of segments of a playlist: twelve hours with two seconds each.
const MAX_SEGMENTS: usize = 21_600;
/// Maximum number of a segment. Numbers of real lists are far below it.
const MAX_NUMBER: u64 = 1 << 53;
/// Greatest height that is chosen among variants.
const MAX_HEIGHT: u64 = 1_080;

/// A playlist with segments, and its address at the end of redirects.
#[derive(Debug)]
pub(super) struct Opened {
    pub url: Url,
    pub list: MediaPlaylist,
}

/// Fetches the playlist with the picture, and that with the sound if there is one of its own.
pub(super) async fn open(target: &Target, url: &Url) -> Result<Vec<Opened>, PullError> {
    let (url, list) = fetch(target, url).await?;
    let master = match list {
        Playlist::MediaPlaylist(list) => return Ok(vec![Opened { url, list }]),
        Playlist::MasterPlaylist(master) => master,
    };
    let chosen = choose(&master)?;
    let mut opened = Vec::new();
    for uri in [Some(chosen.picture), chosen.sound].into_iter().flatten() {
        match fetch(target, &join(&url, uri)?).await? {
            (url, Playlist::MediaPlaylist(list)) => opened.push(Opened { url, list }),
            _ => return Err(PullError::Protocol("HLS: a variant has variants again".into())),
        }
    }
    Ok(opened)
}

/// Fetches a playlist with segments again.
pub(super) async fn renew(target: &Target, url: &Url) -> Result<MediaPlaylist, PullError> {
    match fetch(target, url).await?.1 {
        Playlist::MediaPlaylist(list) => Ok(list),
        Playlist::MasterPlaylist(_) => Err(PullError::Protocol("HLS: the playlist has changed".into())),
    }
}

async fn fetch(target: &Target, url: &Url) -> Result<(Url, Playlist), PullError> {
    let fetched = target.outbound.get(url, &Ask::http(MAX_PLAYLIST_BYTES)).await?;
    Ok((fetched.url, parsed(&fetched.bytes)?))
}

/// Reads a playlist, within limits: each of its lines takes much more memory when it is read.
fn parsed(bytes: &[u8]) -> Result<Playlist, PullError> {
    const DURATION: &[u8] = b"#EXTINF";
    let segments = bytes.windows(DURATION.len()).filter(|window| *window == DURATION).count();
    if segments > MAX_SEGMENTS {
        return Err(PullError::Unsupported("its HLS playlist has more segments than twelve hours of video"));
    }
    let text = tolerated(bytes);
    let list = m3u8_rs::parse_playlist_res(&text);
    let list = list.map_err(|_| PullError::Protocol("the address has no HLS playlist".into()))?;
    match &list {
        Playlist::MediaPlaylist(list) if list.media_sequence > MAX_NUMBER => {
            Err(PullError::Protocol("HLS: the numbers of the segments are too large".into()))
        }
        _ => Ok(list),
    }
}

/// A playlist whose sounds are written as they should be. The library passes over those whose type is in quotes, as MediaMTX
/// has it, or that have no name.
fn tolerated(bytes: &[u8]) -> Cow<'_, [u8]> {
    const SOUND: &str = "#EXT-X-MEDIA:";
    if !bytes.windows(SOUND.len()).any(|window| window == SOUND.as_bytes()) {
        return Cow::Borrowed(bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().map(|line| match line.strip_prefix(SOUND) {
        Some(attributes) => {
            let name = if attributes.contains("NAME=") { "" } else { ",NAME=\"sound\"" };
            format!("{SOUND}{}{name}\n", attributes.replacen("TYPE=\"AUDIO\"", "TYPE=AUDIO", 1))
        }
        None => format!("{line}\n"),
    });
    Cow::Owned(lines.collect::<String>().into_bytes())
}

/// Addresses of what is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen<'a> {
    picture: &'a str,
    /// `None`: the sound is with the picture.
    sound: Option<&'a str>,
}

/// The best variant up to 1080p, or the smallest one, with its usual sound.
fn choose(master: &MasterPlaylist) -> Result<Chosen<'_>, PullError> {
    let height = |variant: &&VariantStream| variant.resolution.as_ref().map_or(0, |size| size.width.min(size.height));
    let variants = || master.variants.iter().filter(|variant| !variant.is_i_frame && !variant.uri.is_empty());
    let best = variants().filter(|variant| height(variant) <= MAX_HEIGHT).max_by_key(|variant| variant.bandwidth);
    let chosen = best.or_else(|| variants().min_by_key(|variant| variant.bandwidth));
    let chosen = chosen.ok_or(PullError::Unsupported("its HLS playlist has no variants"))?;
    let of_variant = |other: &&AlternativeMedia| {
        other.media_type == AlternativeMediaType::Audio && chosen.audio.as_ref() == Some(&other.group_id)
    };
    let sounds = || master.alternatives.iter().filter(of_variant);
    let usual = sounds().find(|sound| sound.default).or_else(|| sounds().find(|sound| sound.autoselect));
    let sound = usual.or_else(|| sounds().next()).and_then(|sound| sound.uri.as_deref());
    // A variant with sound alone names itself.
    Ok(Chosen { picture: &chosen.uri, sound: sound.filter(|uri| *uri != chosen.uri) })
}

pub(super) fn join(base: &Url, uri: &str) -> Result<Url, PullError> {
    base.join(uri).map_err(|_| PullError::Protocol(format!("HLS: {uri:?} is no address")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(text: &str) -> MasterPlaylist {
        match parsed(text.as_bytes()).unwrap() {
            Playlist::MasterPlaylist(master) => master,
            Playlist::MediaPlaylist(_) => panic!("it has variants"),
        }
    }

    #[test]
    fn best_variant_up_to_1080p_is_chosen() {
        let picture = |text: &str| choose(&master(text)).unwrap().picture.to_owned();
        let text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\n4k.m3u8\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080\nhd.m3u8\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360\nsd.m3u8\n";
        assert_eq!(picture(text), "hd.m3u8");
        let only_4k = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\n4k.m3u8\n";
        assert_eq!(picture(only_4k), "4k.m3u8");
        let portrait = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1080x1920\nup.m3u8\n\
                        #EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=360x640\nlow.m3u8\n";
        assert_eq!(picture(portrait), "up.m3u8");
    }

    #[test]
    fn usual_sound_of_the_variant_is_chosen() {
        let sound = |sounds: &[&str], audio: &str| {
            let sounds: String = sounds.iter().map(|sound| format!("#EXT-X-MEDIA:TYPE=AUDIO,{sound}\n")).collect();
            let text = format!("#EXTM3U\n{sounds}#EXT-X-STREAM-INF:BANDWIDTH=800000{audio}\npicture.m3u8\n");
            choose(&master(&text)).unwrap().sound.map(str::to_owned)
        };
        let french = "GROUP-ID=\"a\",NAME=\"fr\",AUTOSELECT=YES,URI=\"fr.m3u8\"";
        let english = "GROUP-ID=\"a\",NAME=\"en\",DEFAULT=YES,AUTOSELECT=YES,URI=\"en.m3u8\"";
        let other = "GROUP-ID=\"b\",NAME=\"en\",DEFAULT=YES,URI=\"other.m3u8\"";
        let within = "GROUP-ID=\"a\",NAME=\"en\",DEFAULT=YES";
        assert_eq!(sound(&[other, french, english], ",AUDIO=\"a\"").as_deref(), Some("en.m3u8"));
        assert_eq!(sound(&[french], ",AUDIO=\"a\"").as_deref(), Some("fr.m3u8"));
        assert_eq!(sound(&[within, french], ",AUDIO=\"a\""), None, "the sound is with the picture");
        assert_eq!(sound(&[english], ""), None);
        // As MediaMTX writes it.
        let text =
            "#EXTM3U\n#EXT-X-MEDIA:TYPE=\"AUDIO\",GROUP-ID=\"audio\",AUTOSELECT=YES,DEFAULT=YES,URI=\"a.m3u8\"\n\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO=\"audio\"\nv.m3u8\n";
        assert_eq!(choose(&master(text)).unwrap().sound, Some("a.m3u8"));
    }

    #[test]
    fn playlists_above_the_limits_are_refused() {
        let list = |number: u64, count: usize| {
            let head = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{number}\n");
            parsed((head + &"#EXTINF:2,\na\n".repeat(count)).as_bytes())
        };
        assert!(list(0, MAX_SEGMENTS).is_ok() && list(MAX_NUMBER, 1).is_ok());
        assert!(matches!(list(0, MAX_SEGMENTS + 1), Err(PullError::Unsupported(_))));
        assert!(matches!(list(u64::MAX, 2), Err(PullError::Protocol(_))));
    }
}
