//! How a file names the pictures that it is about. Such a name is data and stays as it is, unlike the names of files
//! that are written (`Layout`): what a program cannot find on the disk by it is lost.

use bauta_domain::AnnotationDocument;

/// The paths of a document's images below the deepest folder that holds all of them, with `/` between folders.
pub(crate) struct References<'d> {
    document: &'d AnnotationDocument,
    /// So many parts at the beginning of each path are the folder of all.
    shared: usize,
}

impl<'d> References<'d> {
    /// Those of a document.
    pub fn of(document: &'d AnnotationDocument) -> Self {
        let mut paths = document.images.iter().map(|image| parts(&image.path));
        let first: Vec<&str> = paths.next().map(Iterator::collect).unwrap_or_default();
        let mut shared = first.len().saturating_sub(1);
        for path in paths {
            let path: Vec<&str> = path.take(shared + 1).collect();
            let same = first.iter().zip(&path).take_while(|(a, b)| a == b).count();
            shared = shared.min(same).min(path.len().saturating_sub(1));
        }
        Self { document, shared }
    }

    /// The path of image `index`. It is absolute only where no folder holds all images (two drives of Windows).
    pub fn path(&self, index: usize) -> String {
        parts(&self.document.images[index].path).skip(self.shared).collect::<Vec<_>>().join("/")
    }
}

/// Folders and name, as far as they say something. A path that nothing can be said of is one part.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    // Elsewhere a backslash is a letter like any other, which a name may have.
    let has_drive = path.as_bytes().get(1) == Some(&b':') || path.starts_with("\\\\");
    let windows = has_drive || !path.contains('/');
    path.split(move |c| c == '/' || (windows && c == '\\')).filter(|part| !matches!(*part, "" | "."))
}

#[cfg(test)]
mod tests {
    use bauta_domain::DocumentImage;

    use super::*;

    #[test]
    fn names_stay_as_they_are_below_the_folder_of_all() {
        struct Case(&'static [&'static str], &'static [&'static str]);
        for Case(paths, expected) in [
            Case(
                &["/p/A.jpg", "/p/a.jpg", "/p/Screenshot 12:30:05.png"],
                &["A.jpg", "a.jpg", "Screenshot 12:30:05.png"],
            ),
            Case(&["/p/day/a.jpg", "/p/night/a.jpg", "/p/b.jpg"], &["day/a.jpg", "night/a.jpg", "b.jpg"]),
            Case(&["C:\\p\\day\\a.jpg", "C:\\p\\b.jpg"], &["day/a.jpg", "b.jpg"]),
            Case(&["/p/a\\b?.jpg", "/p/c.jpg"], &["a\\b?.jpg", "c.jpg"]),
            Case(&["C:\\a.jpg", "D:\\b.jpg"], &["C:/a.jpg", "D:/b.jpg"]),
            Case(&["/a.jpg", "/b/c.jpg"], &["a.jpg", "b/c.jpg"]),
            Case(&["/p/a.jpg", "/p/a.jpg/b.jpg"], &["a.jpg", "a.jpg/b.jpg"]),
            Case(&["a.jpg"], &["a.jpg"]),
            Case(&[], &[]),
        ] {
            let image = |path: &&str| DocumentImage { path: (*path).to_owned(), ..DocumentImage::default() };
            let document = AnnotationDocument { images: paths.iter().map(image).collect(), ..Default::default() };
            let references = References::of(&document);
            let found: Vec<String> = (0..paths.len()).map(|index| references.path(index)).collect();
            assert_eq!(found, expected);
        }
    }
}
