//! Writes the C header of the C ABI crate in `capi/`.
//!
//! cbindgen declares what Rust has: functions, enumerations, structures. The type macros that only
//! C has are made here, from one line a type. The header goes to `OUT_DIR`; the copy in `include/`
//! is what is installed, and `capi/tests/header.rs` compares the two. The same goes for the header
//! with libsoup's names, which is made of the first.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "build-aux/soup_header.rs"]
mod soup_header;

/// Classes: C cannot derive from those that are `Final`; and interfaces.
const CLASSES: &[(&str, Class)] = &[
    ("Auth", Class::Derivable),
    ("AuthDomain", Class::Derivable),
    ("CookieJar", Class::Derivable),
    ("Message", Class::Final),
    ("ReconnectingClient", Class::Final),
    ("Server", Class::Derivable),
    ("ServerMessage", Class::Final),
    ("Session", Class::Derivable),
    ("SessionFeature", Class::Interface),
    ("WebsocketConnection", Class::Final),
    ("WebsocketExtension", Class::Derivable),
    ("WebsocketExtensionManager", Class::Final),
];

/// Final classes that derive from one of the above. GLib's macro wants to see their parents' structures
/// first, so they are declared behind those.
const DERIVED: &[(&str, &str)] = &[
    ("AuthDomainBasic", "AuthDomain"),
    ("AuthDomainDigest", "AuthDomain"),
    ("WebsocketExtensionDeflate", "WebsocketExtension"),
];

/// Where the structures of derivable classes are, if not in `capi/`.
const CLASS_STRUCTURES: &[&str] = &[
    "../src/cookie/class.rs",
    "../src/extension/class.rs",
    "../src/http/auth/class.rs",
    "../src/server/auth_domain/class.rs",
    "../src/server/class.rs",
    "../src/session/class.rs",
];

/// Reference-counted or copied structures with a GType, and the function that frees one.
const BOXED: &[(&str, &str)] = &[
    ("Cookie", "wsoup_cookie_free"),
    ("MessageBody", "wsoup_message_body_unref"),
    ("MessageHeaders", "wsoup_message_headers_unref"),
];

/// Enumerations and flags.
const ENUMS: &[&str] = &[
    "CookieJarAcceptPolicy",
    "HTTPVersion",
    "MemoryUse",
    "MessageFlags",
    "MessageHeadersType",
    "OfflinePolicy",
    "ReconnectingState",
    "ServerListenOptions",
    "Status",
    "WebsocketCloseCode",
    "WebsocketConnectionType",
    "WebsocketDataType",
    "WebsocketError",
    "WebsocketOverflowPolicy",
    "WebsocketState",
];

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Final,
    Derivable,
    Interface,
}

impl Class {
    /// The macro of GLib that declares it; its structures are declared, not defined.
    fn declaration(self) -> Option<&'static str> {
        match self {
            Self::Final => Some("G_DECLARE_FINAL_TYPE"),
            Self::Interface => Some("G_DECLARE_INTERFACE"),
            // `G_DECLARE_DERIVABLE_TYPE` would define the structures, which cbindgen does.
            Self::Derivable => None,
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let capi = env::var("CARGO_MANIFEST_DIR")?;
    let header = Path::new(&env::var("OUT_DIR")?).join("wsoup.h");
    let mut config = cbindgen::Config::from_file(Path::new(&capi).join("cbindgen.toml"))?;
    // Otherwise cargo would want the crates of every platform, which it may not have offline.
    config.only_target_dependencies = true;
    config.after_includes = Some(type_macros());
    config.trailer = Some(cleanup_functions());
    config.export.include = named_types();
    config.export.exclude = declared_by_glib();
    let mut builder = cbindgen::Builder::new()
        .with_config(config)
        .with_crate(&capi);
    for source in CLASS_STRUCTURES {
        builder = builder.with_src(source);
        println!("cargo::rerun-if-changed={source}");
    }
    let bindings = builder.generate()?;
    bindings.write_to_file(&header);
    let mut text = fs::read_to_string(&header)?;
    declare_derived(&mut text)?;
    fs::write(&header, &text)?;
    let soup_header = soup_header::generate(&text);
    fs::write(header.with_file_name("soup.h"), soup_header)?;

    let depfile = header.with_extension("d");
    bindings.generate_depfile(&header, &depfile);
    let depfile = fs::read_to_string(depfile)?;
    let (_, sources) = depfile.split_once(':').ok_or("a depfile has a colon")?;
    // Lines end with a backslash. Taken for a file, it would be missing, and cargo would build anew
    // each time.
    for source in sources.split_whitespace().filter(|word| *word != "\\") {
        println!("cargo::rerun-if-changed={source}");
    }
    println!("cargo::rerun-if-changed={capi}/cbindgen.toml");
    println!("cargo::rerun-if-changed=../build.rs");
    println!("cargo::rerun-if-changed=../build-aux/soup_header.rs");
    // `#[cfg(header)]` marks what only cbindgen sees.
    println!("cargo::rustc-check-cfg=cfg(header)");
    Ok(())
}

/// The type macros, to stand above the declarations.
fn type_macros() -> String {
    let mut text = String::from("\nG_BEGIN_DECLS\n\n");
    for name in ENUMS {
        let (lower, upper) = names(name);
        _ = writeln!(
            text,
            "#define WSOUP_TYPE_{upper} (wsoup_{lower}_get_type ())"
        );
    }
    text.push_str("\n#define WSOUP_WEBSOCKET_ERROR (wsoup_websocket_error_quark ())\n");
    for (name, _) in BOXED {
        let (lower, upper) = names(name);
        _ = writeln!(
            text,
            "\n#define WSOUP_TYPE_{upper} (wsoup_{lower}_get_type ())"
        );
    }
    for (name, class) in CLASSES {
        text.push_str(&class_macros(name, *class));
    }
    text
}

fn class_macros(name: &str, class: Class) -> String {
    let (lower, upper) = names(name);
    let get_type = format!("\n#define WSOUP_TYPE_{upper} (wsoup_{lower}_get_type ())\n");
    if let Some(declaration) = class.declaration() {
        return declared(name, declaration, "GObject");
    }
    // These macros are known to everyone and need no place in the reference.
    let (t, c) = (format!("WSOUP_TYPE_{upper}"), format!("Wsoup{name}Class"));
    format!(
        "{get_type}\
         #ifndef __GI_SCANNER__\n\
         #define WSOUP_{upper}(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), {t}, Wsoup{name}))\n\
         #define WSOUP_{upper}_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), {t}, {c}))\n\
         #define WSOUP_IS_{upper}(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), {t}))\n\
         #define WSOUP_IS_{upper}_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), {t}))\n\
         #define WSOUP_{upper}_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), {t}, {c}))\n\
         #endif\n"
    )
}

/// A type whose structures nobody looks into.
fn declared(name: &str, declaration: &str, parent: &str) -> String {
    let (lower, upper) = names(name);
    format!(
        "\n#define WSOUP_TYPE_{upper} (wsoup_{lower}_get_type ())\n\
         WSOUP_AVAILABLE_IN_ALL\n\
         {declaration} (Wsoup{name}, wsoup_{lower}, WSOUP, {upper}, {parent})\n"
    )
}

fn cleanup_of_class(name: &str) -> String {
    format!(
        "G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wsoup{name}, g_object_unref)\n\
         G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wsoup{name}Class, g_type_class_unref)\n"
    )
}

/// The classes of `DERIVED` with this parent.
fn children(parent: &str) -> impl Iterator<Item = &'static str> {
    let derived = DERIVED.iter().filter(move |(_, other)| *other == parent);
    derived.map(|(name, _)| *name)
}

/// Declares the classes of `DERIVED` in the header, each behind the structure of its parent's class.
/// GLib's macro wants to see the cleanup functions of that, too.
fn declare_derived(header: &mut String) -> Result<(), Box<dyn Error>> {
    for (parent, _) in CLASSES {
        let declarations: String = children(parent)
            .map(|name| declared(name, "G_DECLARE_FINAL_TYPE", &format!("Wsoup{parent}")))
            .collect();
        if !declarations.is_empty() {
            let structure = format!("}} Wsoup{parent}Class;\n");
            let start = header.find(&structure).ok_or("a class without structure")?;
            let cleanup = cleanup_of_class(parent);
            let text = format!("\n{cleanup}{declarations}");
            header.insert_str(start + structure.len(), &text);
        }
    }
    Ok(())
}

/// What makes `g_autoptr()` work, to stand below the declarations.
fn cleanup_functions() -> String {
    let mut text = String::new();
    for (name, free) in BOXED {
        _ = writeln!(text, "G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wsoup{name}, {free})");
    }
    for (name, class) in CLASSES {
        if *class == Class::Derivable && children(name).next().is_none() {
            text.push_str(&cleanup_of_class(name));
        }
    }
    text + "\nG_END_DECLS"
}

/// The types that no declaration of a function leads cbindgen to.
fn named_types() -> Vec<String> {
    let derivable = CLASSES
        .iter()
        .filter(|(_, class)| *class == Class::Derivable);
    let structs =
        derivable.flat_map(|(name, _)| [format!("Wsoup{name}"), format!("Wsoup{name}Class")]);
    ENUMS
        .iter()
        .map(|name| format!("Wsoup{name}"))
        .chain(structs)
        .collect()
}

/// The functions that GLib's macros declare.
fn declared_by_glib() -> Vec<String> {
    let declared = CLASSES
        .iter()
        .filter(|(_, class)| class.declaration().is_some());
    let declared = declared.map(|(name, _)| name);
    declared
        .chain(DERIVED.iter().map(|(name, _)| name))
        .map(|name| format!("wsoup_{}_get_type", names(name).0))
        .collect()
}

/// The name of a type as it stands in names of functions and of macros: `WebsocketState` gives
/// `websocket_state` and `WEBSOCKET_STATE`, `HTTPVersion` gives `http_version`.
fn names(name: &str) -> (String, String) {
    let letters: Vec<char> = name.chars().collect();
    let mut lower = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let after_small = index > 0 && letters[index - 1].is_lowercase();
        let before_small = letters
            .get(index + 1)
            .is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && index > 0 && (after_small || before_small) {
            lower.push('_');
        }
        lower.push(letter.to_ascii_lowercase());
    }
    let upper = lower.to_uppercase();
    (lower, upper)
}
