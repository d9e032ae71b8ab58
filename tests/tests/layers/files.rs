//! No circles between the files of a crate: if one file names another, the other does not lead back to it.
//!
//! A file that only adds `impl` blocks to a type of another file names that file and is not named by it, so it makes no
//! circle. Tests, mocks and benchmarks are left out. A name that a module re-exports leads to the file that defines it.

use anyhow::{ensure, Context, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use syn::{
    visit::{self, Visit},
    Attribute, Item, ItemUse, UseTree, Visibility,
};

/// A module's path within its crate; empty for the crate's root.
type Module = Vec<String>;

/// Names of modules that exist for tests, and of what is compiled for them only.
const LEFT_OUT: [&str; 6] = ["tests", "testing", "mock", "benchmarking", "fuzz", "against_metadata"];

/// A file, as far as other files are concerned.
#[derive(Default)]
struct File {
    /// Paths it names, as written: `crate::a::B`, `super::C`, `d::E`.
    named: Vec<Vec<String>>,
    /// Names it re-exports, and the paths they come from.
    exported: BTreeMap<String, Vec<String>>,
    /// Modules written within the file that the visitor is in.
    inline_modules: usize,
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        let parsed = syn::parse_file(&fs::read_to_string(path)?).with_context(|| path.display().to_string())?;
        let mut file = Self::default();
        file.visit_file(&parsed);
        Ok(file)
    }

    fn add_use(&mut self, prefix: &[String], tree: &UseTree, is_public: bool) {
        let join = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.add_use(&join(path.ident.to_string()), &path.tree, is_public),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_use(prefix, tree, is_public)),
            UseTree::Glob(_) => self.name(prefix.to_vec()),
            UseTree::Name(name) => self.add_name(join(name.ident.to_string()), name.ident.to_string(), is_public),
            UseTree::Rename(rename) => {
                self.add_name(join(rename.ident.to_string()), rename.rename.to_string(), is_public);
            }
        }
    }

    fn add_name(&mut self, path: Vec<String>, name: String, is_public: bool) {
        if is_public {
            self.exported.insert(name, path.clone());
        }
        self.name(path);
    }

    /// Notes a path. Within a module that is written in the file, the first `super` leads no further than the file.
    fn name(&mut self, path: Vec<String>) {
        let supers = path.iter().take_while(|name| *name == "super").count();
        let within = supers.min(self.inline_modules);
        if within == 0 {
            return self.named.push(path);
        }
        let start = if supers == within { Some("self".to_owned()) } else { None };
        self.named.push(start.into_iter().chain(path[within..].iter().cloned()).collect());
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && quote_of(attribute).is_some_and(|words| {
                words.starts_with("test") || words.starts_with("all(test") || words.starts_with("any(test")
            })
    })
}

/// What is in the parentheses of an attribute, without spaces.
fn quote_of(attribute: &Attribute) -> Option<String> {
    let list = attribute.meta.require_list().ok()?;
    Some(list.tokens.to_string().split_whitespace().collect())
}

impl<'ast> Visit<'ast> for File {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            _ => &[],
        };
        if is_for_tests(attributes) {
            return;
        }
        let is_inline_module = matches!(item, Item::Mod(module) if module.content.is_some());
        self.inline_modules += usize::from(is_inline_module);
        visit::visit_item(self, item);
        self.inline_modules -= usize::from(is_inline_module);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&[], &item.tree, !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            self.name(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }
}

/// The files of a crate by module.
struct Crate(BTreeMap<Module, File>);

impl Crate {
    fn read(source: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![(source.to_owned(), Module::new())];
        while let Some((folder, module)) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                let inner = [module.as_slice(), std::slice::from_ref(&name)].concat();
                if LEFT_OUT.contains(&name.as_str()) || inner == ["bin"] {
                    continue;
                }
                if path.is_dir() {
                    folders.push((path, inner));
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let is_root = module.is_empty() && ["lib", "main"].contains(&name.as_str());
                    files.insert(if is_root { Module::new() } else { inner }, File::read(&path)?);
                }
            }
        }
        Ok(Self(files))
    }

    /// The modules that a module's file names.
    fn edges(&self, from: &Module) -> BTreeSet<Module> {
        let Some(file) = self.0.get(from) else { return BTreeSet::new() };
        let found = file.named.iter().filter_map(|path| self.resolve(from, path, 0));
        found.filter(|module| module != from).collect()
    }

    /// The file that defines what a path names, seen from a module; nothing for what is not in this crate.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let (mut at, mut rest): (Module, &[String]) = match path.first()?.as_str() {
            "crate" => (Module::new(), &path[1..]),
            "self" => (from.clone(), &path[1..]),
            "super" => {
                let up = path.iter().take_while(|name| *name == "super").count();
                (from[..from.len().checked_sub(up)?].to_vec(), &path[up..])
            }
            first if self.0.contains_key(&[from.as_slice(), &[first.to_owned()]].concat()) => (from.clone(), path),
            _ => return None,
        };
        while let Some((name, further)) = rest.split_first() {
            let inner = [at.as_slice(), std::slice::from_ref(name)].concat();
            if !self.0.contains_key(&inner) {
                break;
            }
            (at, rest) = (inner, further);
        }
        let exported = rest.first().and_then(|name| self.0.get(&at)?.exported.get(name));
        match exported {
            // A re-export leads to the file that defines the name, or out of the crate.
            Some(exported) if depth < 8 => self.resolve(&at, exported, depth + 1),
            _ => Some(at),
        }
    }

    /// Groups of modules each of which leads to all others of its group.
    fn circles(&self) -> Vec<Vec<String>> {
        let edges: BTreeMap<&Module, BTreeSet<Module>> =
            self.0.keys().map(|module| (module, self.edges(module))).collect();
        let reached = |from: &Module| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(module) = next.pop() {
                for to in edges.get(&module).into_iter().flatten() {
                    if seen.insert(to.clone()) {
                        next.push(to.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Module, BTreeSet<Module>> =
            self.0.keys().map(|module| (module, reached(module))).collect();
        let mut circles = BTreeSet::new();
        for (module, to) in &reached {
            if to.contains(*module) {
                let group = to.iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(*module)));
                circles.insert(group.map(name_of).collect::<Vec<_>>());
            }
        }
        circles.into_iter().collect()
    }
}

fn name_of(module: &Module) -> String {
    if module.is_empty() {
        "(root)".into()
    } else {
        module.join("::")
    }
}

/// The source folders of all crates, by the crates' folders.
fn sources() -> Result<Vec<(String, PathBuf)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let members = manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).context("members")?.0;
    let folders = members.split(',').map(|member| member.trim().trim_matches('"').to_owned());
    let folders = folders.filter(|member| !member.is_empty() && !member.starts_with("tests"));
    Ok(folders.map(|member| (member.clone(), root.join(member).join("src"))).collect())
}

#[test]
fn files_of_a_crate_form_no_circles() -> Result<()> {
    let mut found = Vec::new();
    for (name, source) in sources()? {
        found
            .extend(Crate::read(&source)?.circles().into_iter().map(|circle| format!("{name}: {}", circle.join(", "))));
    }
    ensure!(found.is_empty(), "files that lead to each other:\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn a_circle_is_found_through_a_re_export_and_impl_blocks_make_none() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    write("lib.rs", "mod a; mod b; mod c; pub use a::A; pub struct Root;")?;
    write("a.rs", "use crate::b::B; pub struct A(B);")?;
    write("b.rs", "pub struct B; fn leads_back(_: crate::A) {}")?;
    write("c.rs", "impl crate::a::A { fn more(&self) {} } #[cfg(test)] mod tests { use crate::Root; }")?;
    assert_eq!(Crate::read(folder.path())?.circles(), [["a", "b"]]);
    write("b.rs", "pub struct B;")?;
    assert_eq!(Crate::read(folder.path())?.circles(), Vec::<Vec<String>>::new());
    Ok(())
}
