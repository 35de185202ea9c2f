//! Which handler a path belongs to.

/// Values by path prefix; a longer prefix wins.
pub(super) struct PathMap<T> {
    /// Prefixes without a trailing slash, so that the default is the empty one.
    entries: Vec<(String, T)>,
}

impl<T> Default for PathMap<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<T> PathMap<T> {
    /// Returns the value for `path` and everything below it, made if there is none.
    pub(super) fn entry(&mut self, path: &str) -> &mut T
    where
        T: Default,
    {
        let path = normalize(path);
        let index = self.position(path).unwrap_or_else(|| {
            self.entries.push((path.to_owned(), T::default()));
            self.entries.len() - 1
        });
        &mut self.entries[index].1
    }

    /// Removes the value for exactly `path`.
    pub(super) fn remove(&mut self, path: &str) -> Option<T> {
        let index = self.position(normalize(path))?;
        Some(self.entries.remove(index).1)
    }

    fn position(&self, path: &str) -> Option<usize> {
        self.entries.iter().position(|(entry, _)| entry == path)
    }

    /// Returns the value with the longest prefix of `path`; prefixes end where segments end.
    pub(super) fn lookup(&self, path: &str) -> Option<&T> {
        let covering = self.entries.iter().filter(|(entry, _)| {
            path.strip_prefix(entry.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || entry.is_empty())
        });
        covering
            .max_by_key(|(entry, _)| entry.len())
            .map(|(_, value)| value)
    }
}

fn normalize(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins() {
        let mut map = PathMap::default();
        for path in ["/", "/a", "/a/b/", "/ab"] {
            *map.entry(path) = path;
        }
        for (path, found) in [
            ("/", "/"),
            ("/x", "/"),
            ("*", "/"),
            ("/a", "/a"),
            ("/a/", "/a"),
            ("/a/c", "/a"),
            ("/a/b", "/a/b/"),
            ("/a/b/c", "/a/b/"),
            ("/abc", "/"),
            ("/ab/c", "/ab"),
        ] {
            assert_eq!(map.lookup(path), Some(&found), "{path}");
        }
    }

    #[test]
    fn a_path_is_changed_and_removed() {
        let mut map = PathMap::default();
        *map.entry("/a") = 1;
        *map.entry("/a/") += 1;
        assert_eq!(map.lookup("/b"), None);
        assert_eq!(map.remove("/a"), Some(2));
        assert_eq!(map.lookup("/a"), None);
    }
}
