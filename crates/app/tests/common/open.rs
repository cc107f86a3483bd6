//! A project on fake photos of 200 × 100 pixels in a folder of its own, and what tests of exchange do with it.

use std::{path::Path, sync::Arc};

use bauta_app::{
    ConflictChoice, ExportFormat, ExportSummary, ImportOptions, ImportPlan, ImportSummary, Project, read_annotations,
};
use bauta_domain::{AnnotationChange, AnnotationId, CategoryId, ChangeSet, ImageId, Revision, ports::CancelToken};
use bauta_formats::Format;

use super::{Fakes, adapters, bbox, photos};

pub struct Open {
    pub project: Project,
    pub images: Vec<ImageId>,
    pub folder: tempfile::TempDir,
}

/// A project on photos of these names.
pub fn open(names: &[&str]) -> Open {
    let (fakes, folder) = (Arc::new(Fakes::default()), photos(names));
    let project = Project::create(&folder.path().join("test.bauta"), adapters(&fakes)).unwrap();
    if !names.is_empty() {
        project.add_folder(folder.path()).unwrap();
    }
    let images = project.view().unwrap().images.iter().map(|row| row.id).collect();
    Open { project, images, folder }
}

/// A box with the name of its category and its corners.
pub type Plain = (Option<String>, [f64; 4]);

impl Open {
    pub fn category(&self, name: &str) -> CategoryId {
        let categories = self.project.add_category(name).unwrap().categories;
        categories.iter().find(|category| category.name == name).unwrap().id
    }

    pub fn draw(&self, image: ImageId, n: u128, [x1, y1, x2, y2]: [f64; 4], category: Option<CategoryId>) {
        let revision: Revision = self.project.open_image(image).unwrap().revision;
        let id = AnnotationId::from_uuid(uuid::Uuid::from_u128(n));
        let add = AnnotationChange::Add { id, bbox: bbox(x1, y1, x2, y2), category };
        self.project.save_annotations(image, revision, &ChangeSet(vec![add])).unwrap();
    }

    pub fn boxes(&self, image: ImageId) -> Vec<Plain> {
        let names = self.project.categories().unwrap();
        let name = |id| names.iter().find(|category| category.id == id).unwrap().name.clone();
        let view = self.project.open_image(image).unwrap();
        let plain = view
            .annotations
            .iter()
            .map(|a| (a.category.map(name), [a.bbox.x1(), a.bbox.y1(), a.bbox.x2(), a.bbox.y2()]));
        plain.collect()
    }

    pub fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn plan_with(&self, path: &Path, options: &ImportOptions) -> ImportPlan {
        let read = read_annotations(path, None, &mut |_| {}, &CancelToken::default()).unwrap();
        self.project.plan_import(&read, options, &mut |_| {}, &CancelToken::default()).unwrap()
    }

    pub fn plan(&self, path: &Path) -> ImportPlan {
        self.plan_with(path, &ImportOptions::default())
    }

    pub fn apply(&self, plan: &ImportPlan, choice: ConflictChoice) -> ImportSummary {
        self.project.apply_import(plan, &choice.into(), &mut |_| {}, &CancelToken::default()).unwrap()
    }

    pub fn export(&self, target: &Path, format: Format) -> ExportSummary {
        let to = ExportFormat { format, byte_order_mark: false };
        self.project.export_annotations(target, to, &mut |_| {}, &CancelToken::default()).unwrap()
    }
}
