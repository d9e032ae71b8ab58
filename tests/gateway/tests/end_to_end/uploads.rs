//! Finished videos, clips and pictures: what is right is sold like a broadcast, and what is wrong leaves nothing behind.

use anyhow::{ensure, Context, Result};
use flate2::{write::ZlibEncoder, Compression, Crc};
use reqwest::Method;
use std::{fs, io::Write, path::PathBuf};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use vilokanam_chain::Signer;
use vilokanam_gateway_tests::{
    api::Response,
    environment::{creator_key, terms, EnvironmentOptions, TestEnvironment},
    playlist::{self, Playlist},
    signed, video,
};
use vilokanam_tests::wait_for;
use vilokanam_wire::{
    streams::{Page, RecordingView},
    uploads::{ImageView, JobView, WorkState},
};

const UPLOADS: &str = "/v1/uploads";
/// `stream 0,title Film`.
const METADATA: (&str, &str) = ("upload-metadata", "stream MA==,title RmlsbQ==");
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");
/// Maximum time until something that happens at once has happened.
const PATIENCE_SECONDS: u64 = 30;
/// Maximum time until a job is over.
const JOB_SECONDS: u64 = 120;
/// Maximum time until a broadcast is long enough for a clip.
const CLIP_SECONDS: u64 = 90;
/// Length of the film.
const FILM_SECONDS: u32 = 12;
const MAX_TICKS: u32 = 600;
/// Highest value of an upload's length that these tests announce.
const MAX_UPLOAD: &str = "50000000";

async fn environment(is_live: bool) -> Result<TestEnvironment> {
    let settings =
        [("UPLOADS__MAX_BYTES", MAX_UPLOAD), ("UPLOADS__MAX_PER_ACCOUNT", "2"), ("IMAGES__MAX_PER_ACCOUNT", "3")];
    TestEnvironment::start(EnvironmentOptions { settings: &settings, is_live, ..Default::default() }).await
}

async fn send_signed(
    env: &TestEnvironment,
    signer: &Signer,
    request: (Method, &str),
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Response> {
    signed::send(&env.api, &env.chain.genesis_hash(), signer, request, headers, body).await
}

/// Begins an upload of that many bytes.
async fn begin(env: &TestEnvironment, length: usize) -> Result<Response> {
    let length = length.to_string();
    let headers = [TUS, METADATA, ("upload-length", length.as_str())];
    send_signed(env, &creator_key()?, (Method::POST, UPLOADS), &headers, Vec::new()).await
}

/// Begins an upload that is accepted. Returns its path and its job.
async fn begun(env: &TestEnvironment, length: usize) -> Result<(String, String)> {
    let response = begin(env, length).await?;
    ensure!(response.status == 201, "{}: {}", response.status, response.text());
    let header = |name| response.header(name).map(str::to_owned).with_context(|| format!("there is no {name}"));
    ensure!(header("tus-resumable")? == "1.0.0" && header("upload-expires")?.ends_with("GMT"), "{response:?}");
    Ok((header("location")?, header("x-vilokanam-job")?))
}

async fn patch(env: &TestEnvironment, path: &str, offset: usize, bytes: &[u8]) -> Result<Response> {
    let offset = offset.to_string();
    let headers = [TUS, BYTES, ("upload-offset", offset.as_str())];
    env.api.send(Method::PATCH, path, &headers, bytes.to_vec()).await
}

async fn offset(env: &TestEnvironment, path: &str) -> Result<usize> {
    let response = env.api.send(Method::HEAD, path, &[TUS], Vec::new()).await?;
    ensure!(response.status == 200, "{}", response.status);
    Ok(response.header("upload-offset").context("there is no offset")?.parse()?)
}

/// Announces a number of bytes, sends fewer, and ends the connection.
async fn send_and_hang_up(env: &TestEnvironment, path: &str, announced: usize, bytes: &[u8]) -> Result<()> {
    let mut socket = TcpStream::connect(("127.0.0.1", env.gateway.http_port())).await?;
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {announced}\r\n\r\n"
    );
    socket.write_all(&[head.as_bytes(), bytes].concat()).await?;
    socket.shutdown().await?;
    Ok(())
}

async fn job_over(env: &TestEnvironment, job: &str) -> Result<JobView> {
    wait_for("the job to be over", JOB_SECONDS, || async {
        let view: JobView = env.api.get(&format!("/v1/jobs/{job}")).await?.success()?.json()?;
        Ok((view.state != WorkState::Processing).then_some(view))
    })
    .await
}

async fn recordings(env: &TestEnvironment) -> Result<Vec<RecordingView>> {
    let page: Page<RecordingView> = env.api.get("/v1/streams/0/recordings").await?.success()?.json()?;
    Ok(page.items)
}

async fn playlist_of(env: &TestEnvironment, recording: u64) -> Result<Playlist> {
    let path = format!("/v1/streams/0/recordings/{recording}/240p.m3u8");
    let text = env.api.get(&path).await?.success()?;
    playlist::media(&text.body, &env.api.url(&path)?)
}

/// All files in a folder and those in it.
fn files(folder: PathBuf) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    Ok(found)
}

/// Fails unless neither an upload nor a recording has left a file.
fn ensure_nothing_is_left(env: &TestEnvironment, what: &str) -> Result<()> {
    let left = files(env.gateway.data().join("media"))?;
    ensure!(left.is_empty(), "{what} has left {left:?}");
    ensure_uploads_are_gone(env).context(what.to_owned())
}

/// Fails unless the files of all uploads were removed.
fn ensure_uploads_are_gone(env: &TestEnvironment) -> Result<()> {
    let left = files(env.gateway.data().join("uploads"))?;
    ensure!(left.is_empty(), "an upload has left {left:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn film_that_is_uploaded_with_interruptions_is_sold_like_a_broadcast() -> Result<()> {
    let mut env = environment(false).await?;
    video::make_clip(&env.clip, FILM_SECONDS, video::SIZE)?;
    let film = fs::read(&env.clip)?;
    let (path, job) = begun(&env, film.len()).await?;
    let middle = film.len() / 2;
    ensure!(patch(&env, &path, 0, &film[..middle]).await?.status == 204, "the first half is taken");
    env.gateway.kill()?;
    env.gateway.run().await?;
    ensure!(offset(&env, &path).await? == middle, "the first half survives a crash");
    ensure!(patch(&env, &path, 0, &film[..9]).await?.status == 409, "the first half is not taken twice");
    let last = patch(&env, &path, middle, &film[middle..]).await?;
    ensure!(last.status == 204 && last.header("x-vilokanam-job") == Some(&job), "{}", last.text());

    let job = job_over(&env, &job).await?;
    ensure!(job.state == WorkState::Ready && job.progress > 0.999, "{job:?}");
    let recording = recordings(&env).await?.into_iter().next().context("there is a recording")?;
    ensure!(job.recording == Some(recording.number) && recording.title == "Film", "{recording:?}");
    ensure!(recording.duration_s.abs_diff(FILM_SECONDS.into()) <= 1, "{recording:?}");
    let poster = env.api.get(&format!("/v1/images/{}?width=320", recording.poster)).await?.success()?;
    ensure!(poster.header("content-type") == Some("image/jpeg"), "{poster:?}");
    ensure!(env.api.send(Method::HEAD, &path, &[TUS], Vec::new()).await?.status == 404, "the upload is over");

    let recorded = playlist_of(&env, recording.number).await?;
    ensure!(recorded.is_ended && recorded.segments.len() as u32 == FILM_SECONDS / 2, "{recorded:?}");
    let free = env.player("240p").request_key(&recorded.segments[0], None).await?;
    ensure!(free.status == 402, "its keys cost ticks: {}", free.status);
    let mut player = env.player("240p");
    player.open_session(&mut env.wallets[0], &terms(MAX_TICKS)).await?;
    for segment in &recorded.segments {
        player.buy(segment).await?;
    }
    let watched = player.write_file(env.folder.path()).await?;
    let similarity = video::psnr(&watched, &env.clip, 0)?;
    ensure!(similarity > 25.0, "{similarity} dB: what is watched is not what was uploaded");
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_uploads_are_refused_and_leave_nothing_behind() -> Result<()> {
    let env = environment(false).await?;
    // Without a sign-in, for a stream of another account, without a length, and too long.
    let nobody = env.api.send(Method::POST, UPLOADS, &[TUS, METADATA, ("upload-length", "9")], Vec::new()).await?;
    nobody.expect_refusal(401, "signed-out")?;
    let stranger = Signer::from_uri("//Dave")?;
    let headers = [TUS, METADATA, ("upload-length", "9")];
    let foreign = send_signed(&env, &stranger, (Method::POST, UPLOADS), &headers, Vec::new()).await?;
    foreign.expect_refusal(403, "forbidden")?;
    let creator = creator_key()?;
    let endless = send_signed(&env, &creator, (Method::POST, UPLOADS), &[TUS, METADATA], Vec::new()).await?;
    endless.expect_refusal(400, "bad-request")?;
    begin(&env, 0).await?.expect_refusal(400, "bad-request")?;
    begin(&env, MAX_UPLOAD.parse::<usize>()? + 1).await?.expect_refusal(413, "too-large")?;
    for length in [("upload-length", "-5"), ("upload-length", "five"), ("upload-defer-length", "1")] {
        let headers = [TUS, METADATA, length];
        let refused = send_signed(&env, &creator, (Method::POST, UPLOADS), &headers, Vec::new()).await?;
        refused.expect_refusal(400, "bad-request").with_context(|| format!("{length:?}"))?;
    }
    let old = send_signed(&env, &creator, (Method::POST, UPLOADS), &[METADATA], Vec::new()).await?;
    ensure!(old.status == 412, "another version of the protocol: {}", old.status);
    ensure_nothing_is_left(&env, "a request that was refused")?;

    // More than was announced.
    let (path, _) = begun(&env, 10).await?;
    patch(&env, &path, 0, b"more than ten bytes").await?.expect_refusal(413, "too-large")?;
    ensure!(env.api.send(Method::HEAD, &path, &[TUS], Vec::new()).await?.status == 404, "it is removed");
    ensure_nothing_is_left(&env, "an upload that was longer than announced")?;

    // Less than the request says: what has come is kept, and the rest can follow.
    let (path, _) = begun(&env, 10).await?;
    send_and_hang_up(&env, &path, 10, b"four").await?;
    wait_for("the bytes that came", PATIENCE_SECONDS, || async { Ok((offset(&env, &path).await? == 4).then_some(())) })
        .await?;
    patch(&env, &path, 4, b"longer than six").await?.expect_refusal(413, "too-large")?;
    ensure_nothing_is_left(&env, "an upload that ended early")?;

    // What is not checked must not be taken for something that was.
    let (path, _) = begun(&env, 10).await?;
    let headers = [TUS, BYTES, ("upload-offset", "0"), ("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")];
    let unchecked = env.api.send(Method::PATCH, &path, &headers, b"bytes".to_vec()).await?;
    unchecked.expect_refusal(400, "bad-request")?;
    ensure!(offset(&env, &path).await? == 0, "nothing was taken");
    ensure!(env.api.send(Method::DELETE, &path, &[TUS], Vec::new()).await?.status == 204, "it is removed");

    // A wrong offset and a wrong type change nothing; more than two at a time are refused; then both are removed.
    let (first, second) = (begun(&env, 10).await?.0, begun(&env, 10).await?.0);
    patch(&env, &first, 5, b"later").await?.expect_refusal(409, "conflict")?;
    let untyped = env.api.send(Method::PATCH, &first, &[TUS, ("upload-offset", "0")], b"bytes".to_vec()).await?;
    untyped.expect_refusal(415, "unsupported-media-type")?;
    ensure!(offset(&env, &first).await? == 0, "nothing was taken");
    begin(&env, 10).await?.expect_refusal(409, "conflict")?;
    for path in [first, second] {
        ensure!(env.api.send(Method::DELETE, &path, &[TUS], Vec::new()).await?.status == 204, "it is removed");
    }
    ensure_nothing_is_left(&env, "an upload that was removed")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_films_are_named_as_such_and_leave_nothing_behind() -> Result<()> {
    let env = environment(false).await?;
    video::make_clip(&env.clip, 30, video::SIZE)?;
    let film = fs::read(&env.clip)?;
    let playlist = format!("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:7,\n{}\n", env.clip.display());
    let files: [(&str, &[u8], &str); 3] = [
        ("a text", b"Once upon a time there was a text.\n", "no video and no sound"),
        ("a playlist", playlist.as_bytes(), "no video and no sound"),
        ("half of a film", &film[..film.len() / 2], ""),
    ];
    for (what, bytes, words) in files {
        let (path, job) = begun(&env, bytes.len()).await?;
        ensure!(patch(&env, &path, 0, bytes).await?.status == 204, "{what} is taken");
        let job = job_over(&env, &job).await?;
        let error = job.error.clone().unwrap_or_default();
        ensure!(job.state == WorkState::Failed && error.to_lowercase().contains(words), "{what}: {job:?}");
        ensure!(job.recording.is_none() && recordings(&env).await?.is_empty(), "{what}: {job:?}");
        wait_for("what was made to be removed", JOB_SECONDS, || async {
            Ok(ensure_nothing_is_left(&env, what).is_ok().then_some(()))
        })
        .await
        .with_context(|| format!("{what} has left something"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_job_leaves_nothing_behind() -> Result<()> {
    let env = environment(false).await?;
    video::make_clip(&env.clip, 120, video::SIZE)?;
    let film = fs::read(&env.clip)?;
    let (path, job) = begun(&env, film.len()).await?;
    patch(&env, &path, 0, &film).await?.success()?;
    let address = format!("/v1/jobs/{job}");
    env.api.send(Method::DELETE, &address, &[], Vec::new()).await?.expect_refusal(401, "signed-out")?;
    let cancelled = send_signed(&env, &creator_key()?, (Method::DELETE, &address), &[], Vec::new()).await?;
    // A fast machine may have made it already.
    if cancelled.status == 204 {
        let job = job_over(&env, &job).await?;
        ensure!(job.state == WorkState::Failed && job.recording.is_none(), "{job:?}");
        wait_for("what was made to be removed", JOB_SECONDS, || async {
            Ok(ensure_nothing_is_left(&env, "a cancelled job").is_ok().then_some(()))
        })
        .await?;
        ensure!(recordings(&env).await?.is_empty(), "no recording is listed");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn command_line_uploads_films_and_makes_clips() -> Result<()> {
    let env = environment(false).await?;
    video::make_clip(&env.clip, 16, video::SIZE)?;
    let cli = env.creator().command_line()?;
    let clip = env.clip.to_str().context("the path is text")?;
    let uploaded = cli.done(&["upload", clip, "--stream", "0", "--title", "By command"])?;
    let number = uploaded["recording"].as_u64().context("the command names the recording")?;
    ensure!(uploaded["state"] == "ready", "{uploaded:#}");

    let number_text = number.to_string();
    let of_recording = |rest: &[&'static str]| -> Vec<String> {
        let fixed = ["clip", "0", "--recording", &number_text];
        fixed.iter().chain(rest).map(|word| (*word).to_owned()).collect()
    };
    let run = |words: Vec<String>| cli.done(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let made = run(of_recording(&["--from", "3s", "--to", "10s", "--free", "--title", "Best of"]))?;
    let made = made["recording"].as_u64().context("the command names the clip")?;
    let listed = recordings(&env).await?;
    let clip = listed.iter().find(|recording| recording.number == made).context("the clip is listed")?;
    ensure!(clip.title == "Best of" && clip.is_free && clip.duration_s == 7 && !clip.poster.is_empty(), "{clip:?}");
    let source = clip.clip.as_ref().context("the clip names what it is from")?;
    ensure!(source.number == number, "{source:?}");
    let segments = playlist_of(&env, made).await?.segments;
    let key = env.player("240p").request_key(&segments[0], None).await?;
    ensure!(key.status == 200, "the keys of a free clip are given to everybody: {}", key.status);

    for (words, refusal) in [
        (of_recording(&["--from", "3s", "--to", "6s"]), "from 5 to 120 s"),
        (of_recording(&["--from", "12s", "--to", "30s"]), "not within what there is: the recording has 16 s"),
        (of_recording(&["--from", "9s", "--to", "3s"]), "ends before it begins"),
        (of_recording(&["--from", "0", "--to", "2:01"]), "from 5 to 120 s"),
    ] {
        cli.refused(&words.iter().map(String::as_str).collect::<Vec<_>>(), 4, refusal)?;
    }
    cli.refused(&["clip", "0", "--recording", "99", "--to", "10s"], 4, "no recording 99")?;
    cli.refused(&["clip", "0", "--last", "10s"], 4, "not on air")?;
    let text = env.folder.path().join("text.mp4");
    fs::write(&text, "no film")?;
    let text = text.to_str().context("the path is text")?;
    cli.refused(&["upload", text, "--stream", "0"], 1, "No video and no sound")?;
    ensure!(recordings(&env).await?.len() == 2, "nothing else was made");
    let jobs = cli.done(&["jobs", "list", "0"])?;
    let states: Vec<&str> = jobs.as_array().into_iter().flatten().filter_map(|job| job["state"].as_str()).collect();
    ensure!(states == ["failed", "ready", "ready"], "the newest first: {jobs:#}");
    let failed = jobs[0]["id"].as_str().context("a job has an id")?;
    ensure!(cli.done(&["jobs", "show", failed])?["state"] == "failed", "{failed}");
    cli.refused(&["jobs", "cancel", failed], 4, "is over")?;
    ensure_uploads_are_gone(&env)
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcast_goes_on_while_a_clip_of_it_is_made() -> Result<()> {
    let env = environment(true).await?;
    let player = env.player("240p");
    let first = player.first_segment().await?;
    wait_for("the broadcast to be long enough", CLIP_SECONDS, || async {
        let last = player.playlist().await?.segments.last().map_or(0, |segment| segment.index);
        Ok((last >= first.index + 6).then_some(()))
    })
    .await?;
    let made = env.creator().command_line()?.done(&["clip", "0", "--last", "8s", "--title", "Live"])?;
    let number = made["recording"].as_u64().context("the command names the clip")?;
    let clip = recordings(&env).await?.into_iter().find(|recording| recording.number == number);
    let clip = clip.context("the clip is listed")?;
    ensure!(clip.duration_s == 8 && !clip.is_free, "{clip:?}");
    let key = player.request_key(&playlist_of(&env, number).await?.segments[0], None).await?;
    ensure!(key.status == 402, "its keys cost ticks: {}", key.status);
    let before = player.playlist().await?.segments.last().map_or(0, |segment| segment.index);
    player.find(|segment| segment.index > before + 1).await.context("the broadcast goes on")?;
    Ok(())
}

/// A GIF of one pixel in this grey.
fn gif(grey: u8) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0".to_vec();
    bytes.extend([grey, grey, grey, 0, 0, 0]);
    bytes.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    bytes
}

/// A GIF with many pictures, each of which claims 50,000 pixels on each side but for the first.
fn film(grey: u8, pictures: usize) -> Vec<u8> {
    let mut bytes = gif(grey);
    bytes.pop();
    let next = b"\x2c\0\0\0\0\x50\xc3\x50\xc3\0\x02\x02\x44\x01\0";
    (0..pictures).for_each(|_| bytes.extend(next));
    bytes.push(0x3b);
    bytes
}

/// A PNG of zeros, of which only some rows are there. Compressed, zeros have a thousandth of their size.
fn png(width: u32, height: u32, rows: usize) -> Result<Vec<u8>> {
    let mut zeros = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..rows {
        zeros.write_all(&vec![0; width as usize + 1])?;
    }
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", header), (b"IDAT", zeros.finish()?), (b"IEND", Vec::new())] {
        let mut sum = Crc::new();
        sum.update(name);
        sum.update(&data);
        bytes.extend(u32::try_from(data.len())?.to_be_bytes());
        bytes.extend([&name[..], &data, &sum.sum().to_be_bytes()].concat());
    }
    Ok(bytes)
}

/// A GIF that claims 50,000 pixels on each side.
fn bomb() -> Vec<u8> {
    let mut bytes = gif(0);
    bytes[6..10].copy_from_slice(&[0x50, 0xc3, 0x50, 0xc3]);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_kept_in_the_format_that_is_accepted_and_bombs_are_refused() -> Result<()> {
    let env = environment(false).await?;
    let creator = creator_key()?;
    let post = |body| send_signed(&env, &creator, (Method::POST, "/v1/images"), &[("content-type", "image/gif")], body);
    let kept: ImageView = post(gif(7)).await?.success()?.json()?;
    ensure!(kept.widths == [320, 640, 1_280] && kept.url == format!("/v1/images/{}", kept.hash), "{kept:?}");
    let get = |accept: &'static str| {
        let path = format!("{}?width=640", kept.url);
        let api = &env.api;
        async move { api.get_with(&path, &[("accept", accept)]).await?.success() }
    };
    let (webp, jpeg) = (get("image/avif,image/webp,*/*").await?, get("*/*").await?);
    ensure!(webp.header("content-type") == Some("image/webp") && webp.body.starts_with(b"RIFF"), "{webp:?}");
    ensure!(jpeg.header("content-type") == Some("image/jpeg"), "{jpeg:?}");
    ensure!(webp.header("vary").is_some_and(|vary| vary.contains("accept")), "{webp:?}");
    ensure!(webp.header("cache-control").is_some_and(|age| age.contains("immutable")), "{webp:?}");

    let refused = post(bomb()).await?.expect_refusal(422, "picture-refused")?;
    ensure!(refused.detail.contains("50000x50000"), "{refused:?}");
    let refused = post(png(50_000, 50_000, 64)?).await?.expect_refusal(422, "picture-refused")?;
    ensure!(refused.detail.contains("50000x50000"), "{refused:?}");
    let refused = post(png(50_000, 4, 4)?).await?.expect_refusal(422, "picture-refused")?;
    ensure!(refused.detail.contains("50000x4"), "{refused:?}");
    // Within the limits by its header, with fewer rows than it says.
    post(png(4_000, 4_000, 16)?).await?.expect_refusal(422, "picture-refused")?;
    post(b"Once upon a time".to_vec()).await?.expect_refusal(422, "picture-refused")?;
    let folder = env.gateway.data().join("media/images");
    ensure!(fs::read_dir(&folder)?.count() == 1, "only the picture that was kept has files");
    let nobody = env.api.send(Method::POST, "/v1/images", &[], gif(8)).await?;
    nobody.expect_refusal(401, "signed-out")?;
    // Of a film, only the first picture is taken, whatever the others would need.
    post(film(8, 5_000)).await?.success()?;
    post(gif(9)).await?.success()?;
    post(gif(10)).await?.expect_refusal(409, "conflict")?;
    // The stream names no picture, so that nothing is fetched.
    let remote = env.api.get("/v1/images/remote?stream=0&url=https%3A%2F%2F127.0.0.1%2Fa.png").await?;
    remote.expect_refusal(404, "not-found")?;
    Ok(())
}
