//! From paths to bodies: files, folders, standard input; one body each, or one a line.

use std::ffi::OsString;
use std::fs::Metadata;
use std::io::{self, IsTerminal, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::cli::config::Selection;
use crate::cli::files;
use crate::cli::files::Role;
use crate::cli::ndjson;
use crate::cli::ndjson::{Batch as Lines, Batches, UnreadableLine};
use crate::cli::read_input::Limit;
use crate::cli::walk::{Unread, walk};
use crate::cli::{
    CliError, Printer, display_path, panic_hook, progress, read_input, sniff, terminal, worker_pool,
};
use crate::output::Unreadable;

/// How many files are handed to a thread at once.
const FILES: usize = 16;

/// What is to be read.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Named {
    sources: Vec<InputSource>,
    /// What standard input is called in reports.
    stdin_filename: String,
    records: Records,
    /// Whether files with many bodies are handed on as a whole.
    whole: bool,
    /// Whether what is no body, or is excluded, is skipped, though it was named.
    bodies_only: bool,
    /// What the configuration says of files.
    selection: Selection,
    /// Whether it is said what is looked at.
    verbose: bool,
    /// Whether it is shown how far a long run has come, where somebody looks.
    progress: bool,
}

/// A path that was named, and what it is called.
struct InputSource {
    path: PathBuf,
    name: String,
}

/// What of it holds a body a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Records {
    /// Nothing.
    Nowhere,
    /// Files that are called so.
    ByName,
    /// Everything.
    Everywhere,
}

/// A body, read.
#[derive(Clone, Copy)]
pub(super) struct InputBody<'a> {
    /// What its file is called, fit to print.
    pub(super) path: &'a str,
    /// Where it was read; `None` for standard input.
    pub(super) file: Option<&'a Path>,
    /// Its file, from the folder of the configuration on.
    pub(super) at: Option<&'a Path>,
    /// Of one that is a line of its file.
    pub(super) record: Option<RecordPosition>,
    /// Whether these are many bodies, one a line.
    pub(super) is_many: bool,
    pub(super) bytes: &'a [u8],
}

/// Where in its file a line stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordPosition {
    /// From 1.
    pub(super) line: usize,
    /// In bytes.
    pub(super) offset: usize,
}

/// What comes of a path, or of a line.
pub(super) enum Item<'a> {
    Body(InputBody<'a>),
    Unreadable(&'a Unreadable),
}

/// What came of the paths.
#[derive(Default)]
pub(super) struct Found {
    pub(super) bodies: usize,
    pub(super) unreadable: Vec<Unreadable>,
}

/// A piece of work for a thread.
enum Work {
    Files(Vec<Target>),
    Stdin(Result<Zeroizing<Vec<u8>>, String>),
    Lines { from: Arc<LineSource>, lines: Lines },
    Unreadable(Unreadable),
}

/// The file or stream of NDJSON that lines come from.
struct LineSource {
    /// Its name, fit to print.
    path: String,
    /// Its path; `None` for standard input.
    file: Option<PathBuf>,
    /// Its path from the directory of the configuration on.
    at: Option<PathBuf>,
}

/// A file that is to be read.
struct Target {
    path: PathBuf,
    name: String,
    /// From the folder of the configuration on.
    at: Option<PathBuf>,
    /// One that was found in a directory is taken if it is a body.
    role: Role,
    is_many: bool,
}

/// What became of a piece of work.
#[derive(Default)]
struct Batch<T> {
    said: Vec<String>,
    found: Found,
    result: T,
}

impl Named {
    /// The current folder stands for no path at all.
    pub(super) fn new(paths: &[PathBuf], given: &[OsString], stdin_filename: &str) -> Result<Self, CliError> {
        if paths.iter().filter(|path| read_input::is_stdin(path)).count() > 1 {
            return Err(CliError::stdin_twice());
        }
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here[..] } else { paths };
        let source = |path: &PathBuf| InputSource { path: path.clone(), name: display_path::of(path, given) };
        Ok(Self {
            sources: paths.iter().map(source).collect(),
            stdin_filename: stdin_filename.to_owned(),
            records: Records::Nowhere,
            whole: false,
            bodies_only: false,
            selection: Selection::default(),
            verbose: false,
            progress: false,
        })
    }

    pub(super) fn records(self, records: Records) -> Self {
        Self { records, ..self }
    }

    /// Hands files with many bodies on as a whole.
    pub(super) fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    pub(super) fn bodies_only(self, bodies_only: bool) -> Self {
        Self { bodies_only, ..self }
    }

    pub(super) fn selection(self, selection: Selection) -> Self {
        Self { selection, ..self }
    }

    pub(super) fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    pub(super) fn progress(self, progress: bool) -> Self {
        Self { progress, ..self }
    }

    /// Puts what is named on record as something that is read, before it is.
    pub(super) fn record(&self) {
        for InputSource { path, .. } in &self.sources {
            if read_input::is_stdin(path) {
                files::record_stdin();
            } else {
                files::record_path(path, Role::Named);
            }
        }
    }

    /// Whether it is one file, or standard input, with one body.
    pub(super) fn is_one_body(&self) -> bool {
        self.is_one_file() && !self.sources.iter().any(|source| self.holds_records(&source.path))
    }

    /// Whether it is one file, or standard input.
    pub(super) fn is_one_file(&self) -> bool {
        matches!(self.sources.as_slice(), [one] if !one.path.is_dir())
    }

    /// The folders that are walked, from the root on.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let named = self.sources.iter().filter(|source| source.path.is_dir());
        named.filter_map(|source| source.path.canonicalize().ok()).collect()
    }

    /// Whether anything is read but standard input.
    pub(super) fn has_files(&self) -> bool {
        self.sources.iter().any(|source| !read_input::is_stdin(&source.path))
    }

    /// Whether standard input is read.
    pub(super) fn has_stdin(&self) -> bool {
        self.sources.iter().any(|source| read_input::is_stdin(&source.path))
    }

    /// Whether somebody waits for it to end, and does not type what is read.
    fn is_watched(&self) -> bool {
        self.progress
            && !self.is_one_body()
            && terminal::shows_progress()
            && !(self.has_stdin() && io::stdin().is_terminal())
    }

    /// How many bytes there are to read, where all of it is files that are named.
    fn length(&self) -> Option<u64> {
        let length = |source: &InputSource| {
            let metadata = source.path.metadata().ok().filter(|_| !read_input::is_stdin(&source.path));
            metadata.filter(Metadata::is_file).map(|metadata| metadata.len())
        };
        self.sources.iter().map(length).sum()
    }

    fn holds_records(&self, path: &Path) -> bool {
        match self.records {
            Records::Nowhere => false,
            Records::Everywhere => true,
            Records::ByName => is_called_records(path),
        }
    }
}

/// Whether a file is called as one with a body a line is.
fn is_called_records(path: &Path) -> bool {
    has_extension(path, "ndjson") || has_extension(path, "jsonl")
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

/// Reads what is named. Each item goes to `judge`, in one of so many threads, which are counted only when there
/// is work for several; what that has made of some
/// items goes to `take`, in order.
pub(super) fn each<T: Default + Send + 'static>(
    named: Named,
    jobs: impl FnOnce() -> usize,
    printer: &mut Printer<'_>,
    judge: impl Fn(Item<'_>, &mut T) + Send + Sync + 'static,
    mut take: impl FnMut(T, &mut Printer<'_>) -> ControlFlow<()>,
) -> Found {
    let mut found = Found::default();
    let jobs = if named.is_one_body() { 1 } else { jobs() };
    let named = Arc::new(named);
    let _shown = named.is_watched().then(|| {
        let named = Arc::clone(&named);
        progress::show(move || named.length())
    });
    let sources = Arc::clone(&named);
    worker_pool::run(
        jobs,
        move |hand_on| {
            let _ = sources.produce(hand_on);
        },
        move |work| {
            let mut batch = Batch::default();
            named.work(work, &judge, &mut batch);
            batch
        },
        |batch: Batch<T>| {
            batch.said.iter().for_each(|message| printer.say(message));
            let before = found.bodies;
            found.bodies += batch.found.bodies;
            found.unreadable.extend(batch.found.unreadable.into_iter().map(|unreadable| Unreadable {
                bodies_before: before + unreadable.bodies_before,
                ..unreadable
            }));
            take(batch.result, printer)
        },
    );
    found
}

type HandOn<'a> = &'a mut dyn FnMut(Work) -> ControlFlow<()>;

impl Named {
    fn produce(&self, hand_on: HandOn<'_>) -> ControlFlow<()> {
        let mut files = Vec::new();
        for source in &self.sources {
            let is_many = self.holds_records(&source.path);
            let is_stdin = read_input::is_stdin(&source.path);
            let is_file = !is_stdin && !source.path.is_dir();
            let InputSource { path, name } = source;
            if is_file && (!is_many || self.whole) {
                let at = self.selection.relative(path);
                let target =
                    Target { path: path.clone(), name: name.clone(), at, role: Role::Named, is_many };
                collect(target, &mut files, hand_on)?;
                continue;
            }
            hand_on_files(&mut files, hand_on)?;
            if is_stdin && is_many {
                let at = self.place_of_stdin();
                match read_input::stdin() {
                    Ok(stdin) => {
                        let path = self.stdin_filename.clone();
                        read_lines(LineSource { path, file: None, at }, stdin, hand_on)?;
                    }
                    Err(error) => hand_on(Work::Stdin(Err(read_input::reason(&error))))?,
                }
            } else if is_stdin {
                hand_on(Work::Stdin(read_input::read_stdin(Role::Stdin)))?;
            } else if path.is_dir() {
                self.walk(source, hand_on)?;
            } else {
                let at = self.selection.relative(path);
                if self.bodies_only && self.selection.exclude(at.as_deref(), false) {
                    continue;
                }
                read_lines_of(path, name, at, Role::Named, hand_on)?;
            }
        }
        hand_on_files(&mut files, hand_on)
    }

    /// Takes the bodies below a folder, in the order of their paths.
    fn walk(&self, folder: &InputSource, hand_on: HandOn<'_>) -> ControlFlow<()> {
        let mut files = Vec::new();
        let places = PathFilter::new(&folder.path, &self.selection);
        let (filter, selection) = (places.clone(), self.selection.clone());
        let is_wanted = move |path: &Path, is_directory: bool| {
            !selection.exclude(filter.of(path).as_deref(), is_directory)
        };
        for found in walk(&folder.path, is_wanted) {
            let path = match found {
                Ok(path) => path,
                Err(Unread { path, message }) => {
                    hand_on_files(&mut files, hand_on)?;
                    hand_on(Work::Unreadable(Unreadable::new(display_path::shown(&path), None, message)))?;
                    continue;
                }
            };
            let path = path.as_path();
            let at = places.of(path);
            let is_many = self.holds_records(path);
            let is_wanted = if self.records == Records::Everywhere {
                is_called_records(path)
            } else {
                let included = self.selection.include(at.as_deref());
                included.unwrap_or_else(|| has_extension(path, "json"))
            };
            if !is_wanted {
                continue;
            }
            let name = display_path::shown(path);
            if is_many && !self.whole {
                hand_on_files(&mut files, hand_on)?;
                read_lines_of(path, &name, at, Role::Found, hand_on)?;
            } else {
                let target = Target { path: path.to_owned(), name, at, role: Role::Found, is_many };
                collect(target, &mut files, hand_on)?;
            }
        }
        hand_on_files(&mut files, hand_on)
    }

    /// Where standard input would lie, when it is called like a file.
    fn place_of_stdin(&self) -> Option<PathBuf> {
        let name = Path::new(&self.stdin_filename);
        if read_input::is_stdin(name) { None } else { self.selection.relative(name) }
    }

    fn work<T>(&self, work: Work, judge: &impl Fn(Item<'_>, &mut T), batch: &mut Batch<T>) {
        match work {
            Work::Files(targets) => {
                for target in targets {
                    self.work_on_file(&target, judge, batch);
                }
            }
            Work::Stdin(Ok(bytes)) => {
                let (path, bytes) = (self.stdin_filename.as_str(), bytes.as_slice());
                let at = self.place_of_stdin();
                let at = at.as_deref();
                let body = InputBody { path, file: None, at, record: None, is_many: false, bytes };
                self.take_body(body, judge, batch);
            }
            Work::Stdin(Err(message)) => {
                let path = self.stdin_filename.clone();
                fail(Unreadable::new(path, None, message), judge, batch);
            }
            Work::Lines { from, lines } => {
                let (mut count, mut length) = (0, 0);
                for record in lines.records() {
                    count += 1;
                    length += record.bytes.len() + 1;
                    if let Err(line) = record.check_length() {
                        fail(unreadable_line(&from.path, line), judge, batch);
                        continue;
                    }
                    if self.bodies_only && !sniff::is_body(record.bytes) {
                        continue;
                    }
                    let place = RecordPosition { line: record.line, offset: record.offset };
                    let (record, bytes) = (Some(place), record.bytes);
                    let (file, at) = (from.file.as_deref(), from.at.as_deref());
                    let body = InputBody { path: &from.path, file, at, record, is_many: false, bytes };
                    self.take_body(body, judge, batch);
                }
                progress::count(count, length);
            }
            Work::Unreadable(unreadable) => fail(unreadable, judge, batch),
        }
    }

    fn work_on_file<T>(&self, target: &Target, judge: &impl Fn(Item<'_>, &mut T), batch: &mut Batch<T>) {
        let Target { path, name, at, role, is_many } = target;
        let at = at.as_deref();
        // Files that are called as ones with a body a line are not looked into before.
        let is_named = *role == Role::Named || *is_many;
        if is_named && self.bodies_only && self.selection.exclude(at, false) {
            if self.verbose {
                batch.said.push(format!("{name}: skipped, the configuration excludes it"));
            }
            return;
        }
        let read = if is_named {
            let limit = if *is_many { Limit::REPLACED_NDJSON } else { Limit::of(*role) };
            read_input::read_file_within(limit, path, *role).map(|bytes| {
                let is_taken = !self.bodies_only || *is_many || sniff::is_body(&bytes);
                progress::count(0, if is_taken { 0 } else { bytes.len() });
                is_taken.then_some(bytes)
            })
        } else {
            read_input::read_if_body(path, *role)
        };
        match read {
            Ok(Some(bytes)) => {
                // A file with a line that is too long is left alone.
                let mut records = ndjson::records(&bytes, 1, 0).filter(|_| *is_many);
                if let Some(line) = records.find_map(|record| record.check_length().err()) {
                    return fail(unreadable_line(name, line), judge, batch);
                }
                let (file, is_many, bytes) = (Some(path.as_path()), *is_many, bytes.as_slice());
                let body = InputBody { path: name, file, at, record: None, is_many, bytes };
                self.take_body(body, judge, batch);
                if !is_many {
                    progress::count(1, bytes.len());
                }
            }
            Ok(None) if self.verbose => batch.said.push(format!("{name}: skipped, it is no body")),
            Ok(None) => {}
            Err(message) => fail(Unreadable::new(name.clone(), None, message), judge, batch),
        }
    }

    fn take_body<T>(&self, body: InputBody<'_>, judge: &impl Fn(Item<'_>, &mut T), batch: &mut Batch<T>) {
        if self.verbose && body.record.is_none() {
            batch.said.push(format!("{}: {} bytes", body.path, body.bytes.len()));
        }
        batch.found.bodies += 1;
        panic_hook::rehearse(body.bytes);
        judge(Item::Body(body), &mut batch.result);
    }
}

fn fail<T>(unreadable: Unreadable, judge: &impl Fn(Item<'_>, &mut T), batch: &mut Batch<T>) {
    let unreadable = Unreadable { bodies_before: batch.found.bodies, ..unreadable };
    batch.said.push(format!("{}: {}", unreadable.name(), unreadable.message));
    judge(Item::Unreadable(&unreadable), &mut batch.result);
    batch.found.unreadable.push(unreadable);
}

fn collect(target: Target, files: &mut Vec<Target>, hand_on: HandOn<'_>) -> ControlFlow<()> {
    files.push(target);
    if files.len() < FILES { ControlFlow::Continue(()) } else { hand_on_files(files, hand_on) }
}

fn hand_on_files(files: &mut Vec<Target>, hand_on: HandOn<'_>) -> ControlFlow<()> {
    if files.is_empty() { ControlFlow::Continue(()) } else { hand_on(Work::Files(std::mem::take(files))) }
}

fn read_lines_of(
    path: &Path,
    name: &str,
    at: Option<PathBuf>,
    role: Role,
    hand_on: HandOn<'_>,
) -> ControlFlow<()> {
    match files::open(path, role) {
        Ok((file, _)) => {
            read_lines(LineSource { path: name.to_owned(), file: Some(path.to_owned()), at }, file, hand_on)
        }
        Err(message) => hand_on(Work::Unreadable(Unreadable::new(name.to_owned(), None, message))),
    }
}

fn read_lines(from: LineSource, stream: impl Read, hand_on: HandOn<'_>) -> ControlFlow<()> {
    let from = Arc::new(from);
    for batch in Batches::new(stream) {
        hand_on(match batch {
            Ok(lines) => Work::Lines { from: Arc::clone(&from), lines },
            Err(line) => Work::Unreadable(unreadable_line(&from.path, line)),
        })?;
    }
    ControlFlow::Continue(())
}

fn unreadable_line(path: &str, UnreadableLine { line, message }: UnreadableLine) -> Unreadable {
    Unreadable::new(path.to_owned(), Some(line), message)
}

/// Where the files of a folder lie, from the folder of the configuration on.
#[derive(Clone)]
struct PathFilter {
    folder: PathBuf,
    /// The folder from the root on, and that of the configuration.
    from_root: Option<(PathBuf, PathBuf)>,
}

impl PathFilter {
    fn new(folder: &Path, selection: &Selection) -> Self {
        let base = selection.folder().map(Path::to_owned);
        Self { folder: folder.to_owned(), from_root: folder.canonicalize().ok().zip(base) }
    }

    fn of(&self, path: &Path) -> Option<PathBuf> {
        let (folder, base) = self.from_root.as_ref()?;
        let whole = folder.join(path.strip_prefix(&self.folder).ok()?);
        whole.strip_prefix(base).ok().map(Path::to_owned)
    }
}
