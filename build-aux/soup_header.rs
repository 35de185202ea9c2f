//! Writes `libsoup/soup.h` from `wsoup/wsoup.h`: libsoup's name for each name that wsoup has.
//!
//! The names are macros, not declarations of their own: arguments of GLib's macros are expanded
//! before names are made of them, so that `g_autoptr (SoupSession)` finds what was declared for
//! `WsoupSession`, and `G_DECLARE_FINAL_TYPE` the structure of the parent's class.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What stands above the names. It holds what libsoup's headers define without a function or a type
/// behind it.
const HEAD: &str = "\
/* SPDX-License-Identifier: MIT */

#pragma once

/* Generated from wsoup/wsoup.h by build-aux/soup_header.rs: run `./run header`.
 *
 * It lets programs that were written for libsoup 3 use wsoup unchanged. */

#include <wsoup/wsoup.h>

/* The version of libsoup that the API is compared with; it says nothing about wsoup's. */
#define SOUP_MAJOR_VERSION (3)
#define SOUP_MINOR_VERSION (2)
#define SOUP_MICRO_VERSION (3)
#define SOUP_CHECK_VERSION(major, minor, micro) \\
  (SOUP_MAJOR_VERSION > (major) || \\
   (SOUP_MAJOR_VERSION == (major) && SOUP_MINOR_VERSION > (minor)) || \\
   (SOUP_MAJOR_VERSION == (major) && SOUP_MINOR_VERSION == (minor) && \\
    SOUP_MICRO_VERSION >= (micro)))

#define SOUP_HTTP_URI_FLAGS \\
  ((GUriFlags) (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | \\
                G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT | \\
                G_URI_FLAGS_SCHEME_NORMALIZE))

#define SOUP_COOKIE_MAX_AGE_ONE_HOUR (60 * 60)
#define SOUP_COOKIE_MAX_AGE_ONE_DAY (SOUP_COOKIE_MAX_AGE_ONE_HOUR * 24)
#define SOUP_COOKIE_MAX_AGE_ONE_WEEK (SOUP_COOKIE_MAX_AGE_ONE_DAY * 7)
#define SOUP_COOKIE_MAX_AGE_ONE_YEAR (SOUP_COOKIE_MAX_AGE_ONE_DAY * 365.2422)

#define SOUP_STATUS_IS_INFORMATIONAL(status) ((status) / 100 == 1)
#define SOUP_STATUS_IS_SUCCESSFUL(status) ((status) / 100 == 2)
#define SOUP_STATUS_IS_REDIRECTION(status) ((status) / 100 == 3)
#define SOUP_STATUS_IS_CLIENT_ERROR(status) ((status) / 100 == 4)
#define SOUP_STATUS_IS_SERVER_ERROR(status) ((status) / 100 == 5)

";

/// The methods that libsoup has macros for.
const METHODS: &[&str] = &[
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LOCK",
    "MKCOL",
    "MOVE",
    "OPTIONS",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "TRACE",
    "UNLOCK",
];

/// The functions whose results libsoup's programs compare with `SOUP_METHOD_…` by address.
const METHOD_GETTERS: &[&str] = &["message_get_method", "server_message_get_method"];

/// The text of `libsoup/soup.h` for that of `wsoup/wsoup.h`.
pub(crate) fn generate(header: &str) -> String {
    let mut text = String::from(HEAD);
    text.push_str(&methods());
    for name in names(header) {
        let getter = name.strip_prefix("wsoup_").unwrap_or_default();
        if METHOD_GETTERS.contains(&getter) {
            _ = writeln!(
                text,
                "#define soup_{getter}(msg) (_wsoup_intern_method ({name} (msg)))"
            );
        } else {
            _ = writeln!(text, "#define {} {name}", soup_name(&name));
        }
    }
    text
}

/// `SOUP_METHOD_…`, and the function that makes addresses comparable. Only these methods are
/// interned, because a peer may send any number of others.
fn methods() -> String {
    let mut text = String::new();
    for method in METHODS {
        _ = writeln!(
            text,
            "#define SOUP_METHOD_{method} (g_intern_static_string (\"{method}\"))"
        );
    }
    text.push_str(
        "\nstatic inline const char *\n_wsoup_intern_method (const char *method)\n{\n  \
         static const char *const known[] = {\n",
    );
    for method in METHODS {
        _ = writeln!(text, "    \"{method}\",");
    }
    text.push_str(
        "  };\n  gsize i;\n\n  \
         for (i = 0; i < G_N_ELEMENTS (known); i++)\n    \
         if (g_strcmp0 (method, known[i]) == 0)\n      \
         return g_intern_static_string (known[i]);\n  \
         return method;\n}\n\n",
    );
    text
}

/// The names that a header gives to programs.
fn names(header: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in without_comments(header).lines() {
        if let Some((declaration, arguments)) = line.split_once(" (")
            && let "G_DECLARE_FINAL_TYPE" | "G_DECLARE_INTERFACE" = declaration
        {
            // They declare functions whose names they make of `Wsoup…, wsoup_…, WSOUP, …`.
            let arguments: Vec<&str> = arguments.split(", ").collect();
            if let [class, prefix, module, name, _] = arguments[..] {
                names.insert(class.to_owned());
                names.insert(format!("{prefix}_get_type"));
                names.insert(format!("{module}_{name}"));
                names.insert(format!("{module}_IS_{name}"));
                if declaration == "G_DECLARE_INTERFACE" {
                    names.insert(format!("{class}Interface"));
                    names.insert(format!("{module}_{name}_GET_IFACE"));
                }
            }
            continue;
        }
        let words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        names.extend(words.filter(|word| is_public(word)).map(str::to_owned));
    }
    names
}

fn is_public(word: &str) -> bool {
    let is_ours = ["Wsoup", "wsoup_", "WSOUP_"]
        .iter()
        .any(|prefix| word.starts_with(prefix));
    is_ours && word != "WSOUP_AVAILABLE_IN_ALL"
}

/// What libsoup calls it: `WsoupSession` is `SoupSession`, `WSOUP_SESSION` is `SOUP_SESSION`.
fn soup_name(name: &str) -> String {
    name.strip_prefix("Wsoup")
        .map_or_else(|| name[1..].to_owned(), |rest| format!("Soup{rest}"))
}

fn without_comments(header: &str) -> String {
    let mut code = String::new();
    let mut rest = header;
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code + rest
}
