//! The project's rules beside drawing: many boxes at once, marks of images, destinations, settings, the
//! project's file, moved pictures.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, sync::Arc};

use bauta_app::{
    BoxChoice, CategoryChange, DetectOptions, ErrorCode, ImageRow, Project, ProjectPreferences, Recognised, Workspace,
};
use bauta_domain::{
    AnnotationChange, AnnotationId, BoxRules, CategoryFilter, CategoryId, ChangeSet, ImageId, Step, TableOrder,
    TableQuery, ports::CancelToken,
};
use common::{Fakes, adapters, bbox, face, photos};

struct Open {
    project: Project,
    fakes: Arc<Fakes>,
    _folder: tempfile::TempDir,
}

fn open(names: &[&str]) -> (Open, Vec<ImageRow>) {
    let (fakes, folder) = (Arc::new(Fakes::default()), photos(names));
    let project = Project::create(&folder.path().join("test.bauta"), adapters(&fakes)).unwrap();
    let images = project.add_folder(folder.path()).unwrap().project.images;
    (Open { project, fakes, _folder: folder }, images)
}

fn id(n: u128) -> AnnotationId {
    AnnotationId::from_uuid(uuid::Uuid::from_u128(n))
}

fn draw(project: &Project, image: ImageId, n: u128, x1: f64, category: Option<CategoryId>) {
    let revision = project.open_image(image).unwrap().revision;
    let add = AnnotationChange::Add { id: id(n), bbox: bbox(x1, 10.0, x1 + 40.0 + n as f64, 60.0), category };
    project.save_annotations(image, revision, &ChangeSet(vec![add])).unwrap();
}

fn everything(order: TableOrder) -> TableQuery {
    TableQuery {
        search: String::new(),
        category: CategoryFilter::Any,
        state: None,
        source: None,
        image: None,
        order,
        descending: false,
    }
}

fn ids(project: &Project, query: &TableQuery) -> Vec<u128> {
    let page = project.annotations_table(query, 0, 100).unwrap();
    page.rows.iter().map(|row| row.annotation.id.uuid().as_u128()).collect()
}

#[test]
fn the_table_sorts_filters_and_shows_windows_and_hears_of_changes() {
    let (open, images) = open(&["img10.jpg", "img2.jpg"]);
    let project = &open.project;
    let ffp2 = project.add_category("ffp2").unwrap().categories[0].id;
    draw(project, images[1].id, 1, 10.0, Some(ffp2));
    draw(project, images[0].id, 3, 10.0, None);
    draw(project, images[0].id, 2, 100.0, Some(ffp2));
    assert_eq!(images[0].name, "img2.jpg");
    assert_eq!(ids(project, &everything(TableOrder::Image)), [3, 2, 1]);
    let widest = TableQuery { descending: true, ..everything(TableOrder::Width) };
    assert_eq!(ids(project, &widest), [3, 2, 1]);
    let labelled = TableQuery { category: CategoryFilter::Is { id: ffp2 }, ..everything(TableOrder::Image) };
    assert_eq!(ids(project, &labelled), [2, 1]);
    assert_eq!(ids(project, &TableQuery { search: " IMG10".into(), ..labelled }), [1]);
    let window = project.annotations_table(&everything(TableOrder::Image), 1, 1).unwrap();
    assert_eq!((window.total, window.first, window.rows.len()), (3, 1, 1));
    assert_eq!((window.rows[0].name.as_str(), window.rows[0].changed.is_some()), ("img2.jpg", true));
    project.undo().unwrap();
    assert_eq!(ids(project, &labelled), [1]);
}

#[test]
fn many_boxes_change_in_one_step_and_what_a_rule_forbids_stays() {
    let (open, images) = open(&["a.jpg", "b.jpg"]);
    let project = &open.project;
    let hat = project.add_category("hat").unwrap().categories[0].id;
    draw(project, images[0].id, 1, 10.0, None);
    // The second proposal overlaps the first one too much to be accepted with it.
    *open.fakes.faces.lock().unwrap() = vec![face(100.0, 10.0, 150.0, 60.0, 0.9), face(120.0, 10.0, 170.0, 60.0, 0.8)];
    let options = DetectOptions::new("fake");
    project.detect_faces(None, &options, false, &mut |_| {}, &mut |_| {}, &CancelToken::default()).unwrap();
    let all = BoxChoice::Table { query: everything(TableOrder::Image) };
    let bulk = project.set_category_of(&all, Some(hat)).unwrap();
    assert_eq!((bulk.boxes, bulk.refused, bulk.changed.categories[0].boxes), (3, 2, 3));
    assert_eq!(bulk.changed.rows.iter().map(|row| row.categories.clone()).collect::<Vec<_>>(), [[hat], [hat]]);
    assert_eq!(bulk.changed.history.undo, Some(Step::SetCategory));
    let deleted = project.delete_boxes(&BoxChoice::Ids { ids: vec![id(1), id(77)] }).unwrap();
    assert_eq!((deleted.boxes, deleted.changed.rows.len()), (1, 1));
    project.undo().unwrap();
    let mut back = project.undo().unwrap().unwrap().changed;
    back.rows.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(back.rows.iter().map(|row| (row.boxes, row.proposals)).collect::<Vec<_>>(), [(1, 2), (0, 2)]);
    assert_eq!(back.categories[0].boxes, 0);
}

#[test]
fn an_images_doubt_is_that_of_its_least_sure_proposal() {
    let (open, _) = open(&["a.jpg"]);
    *open.fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.75), face(100.0, 10.0, 150.0, 60.0, 0.9)];
    let options = DetectOptions::new("fake");
    open.project.detect_faces(None, &options, false, &mut |_| {}, &mut |_| {}, &CancelToken::default()).unwrap();
    assert_eq!(open.project.view().unwrap().images[0].doubt, Some(0.25));
    open.project.accept_proposals(None, 0.0).unwrap();
    assert_eq!(open.project.view().unwrap().images[0].doubt, None);
}

#[test]
fn categories_are_merged_ordered_and_given_keys_step_by_step() {
    let (open, images) = open(&["a.jpg"]);
    let project = &open.project;
    for name in ["a", "b", "c"] {
        project.add_category(name).unwrap();
    }
    let [a, b, c] = project.categories().unwrap().try_into().unwrap();
    draw(project, images[0].id, 1, 10.0, Some(a.id));
    let names = |project: &Project| project.categories().unwrap().into_iter().map(|c| c.name).collect::<Vec<_>>();
    project.reorder_categories(&[c.id, a.id]).unwrap();
    assert_eq!(names(project), ["c", "a", "b"]);
    let change = CategoryChange {
        name: "b".to_owned(),
        color: b.color,
        hotkey: Some("m".parse().unwrap()),
        description: " any mask ".to_owned(),
    };
    let changed = project.change_category(b.id, &change).unwrap();
    assert_eq!(changed.history.undo, Some(Step::ChangeCategory));
    assert_eq!(changed.categories[2].description, "any mask");
    let taken = project.change_category(c.id, &CategoryChange { name: "c".to_owned(), ..change }).unwrap_err();
    assert_eq!(taken.to_string(), "the key M belongs to \"b\" already; choose another one");
    let merged = project.merge_category(a.id, b.id).unwrap();
    assert_eq!(merged.categories.iter().map(|c| (c.name.as_str(), c.boxes)).collect::<Vec<_>>(), [("c", 0), ("b", 1)]);
    for step in [Step::MergeCategory, Step::ChangeCategory, Step::ReorderCategories] {
        assert_eq!(project.undo().unwrap().unwrap().step, step);
    }
    assert_eq!(names(project), ["a", "b", "c"]);
    assert_eq!(project.categories().unwrap()[0].boxes, 1);
}

#[test]
fn background_is_a_mark_that_can_be_undone_and_does_not_disturb_boxes_being_saved() {
    let (open, images) = open(&["a.jpg", "b.jpg"]);
    let before = open.project.open_image(images[0].id).unwrap().revision;
    let changed = open.project.mark_background(&[images[0].id, images[1].id], true).unwrap();
    assert!(changed.rows.iter().all(|row| row.background) && changed.rows.len() == 2);
    assert_eq!(open.project.open_image(images[0].id).unwrap().revision, before);
    let undone = open.project.undo().unwrap().unwrap();
    assert_eq!(undone.step, Step::MarkBackground);
    assert!(undone.changed.rows.iter().all(|row| !row.background));
}

#[test]
fn resized_pictures_go_to_the_destination_of_their_image_and_never_over_a_picture() {
    let (open, images) = open(&["a.png.jpg", "broken.jpg", "c.jpg"]);
    let project = &open.project;
    let out = tempfile::tempdir().unwrap();
    let nothing = project.save_resized(&mut |_| {}, &CancelToken::default()).unwrap_err();
    assert_eq!(nothing.code(), ErrorCode::InvalidInput);
    let all: Vec<ImageId> = images.iter().map(|row| row.id).collect();
    let chosen = project.set_destination(&all[..2], Some(&out.path().join("small"))).unwrap();
    assert_eq!((chosen.destinations.len(), chosen.destinations[0].images), (1, 2));
    let summary = project.save_resized(&mut |_| {}, &CancelToken::default()).unwrap();
    assert_eq!((summary.written, summary.problems.len()), (1, 1));
    assert_eq!(*open.fakes.saved.lock().unwrap(), [out.path().join("small/a.png.png")]);
    // Both in one folder from now on, and the last user of the old one leaves it.
    project.set_destination(&all[2..], Some(&out.path().join("other"))).unwrap();
    let replaced = project.replace_destination(chosen.destinations[0].id, &out.path().join("other")).unwrap();
    assert_eq!(replaced.destinations.iter().map(|d| d.images).collect::<Vec<_>>(), [3]);
    let none = project.set_destination(&all, None).unwrap();
    assert!(none.destinations.is_empty() && none.rows.iter().all(|row| row.destination.is_none()));
    for (step, users) in [
        (Step::SetDestination, vec![3]),
        (Step::ReplaceDestination, vec![2, 1]),
        (Step::SetDestination, vec![2]),
        (Step::SetDestination, vec![]),
    ] {
        let undone = project.undo().unwrap().unwrap();
        assert_eq!(undone.step, step);
        assert_eq!(undone.changed.destinations.iter().map(|d| d.images).collect::<Vec<_>>(), users);
    }
}

#[test]
fn a_resized_picture_does_not_replace_a_picture_of_the_project() {
    let folder = photos(&[]);
    std::fs::write(folder.path().join("a.png"), b"the user's picture").unwrap();
    let fakes = Arc::new(Fakes::default());
    let project = Project::create(&folder.path().join("p.bauta"), adapters(&fakes)).unwrap();
    project
        .add_generated(&[bauta_app::GeneratedPicture {
            path: folder.path().join("a.png"),
            boxes: Vec::new(),
            accepted: true,
        }])
        .unwrap();
    let image = project.view().unwrap().images[0].id;
    project.set_destination(&[image], Some(folder.path())).unwrap();
    let summary = project.save_resized(&mut |_| {}, &CancelToken::default()).unwrap();
    assert_eq!((summary.written, summary.problems.len()), (0, 1));
    assert!(fakes.saved.lock().unwrap().is_empty());
}

#[test]
fn a_resized_picture_replaces_the_one_of_an_earlier_run_and_no_other_file() {
    let (open, images) = open(&["a.jpg", "b.jpg"]);
    let out = tempfile::tempdir().unwrap();
    let all: Vec<ImageId> = images.iter().map(|row| row.id).collect();
    open.project.set_destination(&all, Some(out.path())).unwrap();
    std::fs::write(out.path().join("a.png"), b"somebody's own").unwrap();
    let save = || open.project.save_resized(&mut |_| {}, &CancelToken::default()).unwrap();
    let first = save();
    assert_eq!((first.written, first.problems.len()), (1, 1));
    assert!(first.problems[0].place.ends_with("a.png"), "{:?}", first.problems);
    // What the fake did not write, as the real one would have.
    std::fs::write(out.path().join("b.png"), b"resized").unwrap();
    let again = save();
    assert_eq!((again.written, again.problems.len()), (1, 1));
    std::fs::remove_file(out.path().join("a.png")).unwrap();
    assert_eq!(save().written, 2);
}

#[test]
fn a_box_takes_the_mark_of_a_background_away() {
    let (open, images) = open(&["a.jpg"]);
    open.project.mark_background(&[images[0].id], true).unwrap();
    draw(&open.project, images[0].id, 1, 10.0, None);
    assert!(!open.project.view().unwrap().images[0].background);
}

#[test]
fn settings_change_the_rules_of_drawing_and_nonsense_is_refused() {
    let (open, images) = open(&["a.jpg"]);
    let strict = BoxRules { min_side: 60.0, ..BoxRules::default() };
    open.project.set_preferences(&ProjectPreferences { rules: strict, ..ProjectPreferences::default() }).unwrap();
    let revision = open.project.open_image(images[0].id).unwrap().revision;
    let add = AnnotationChange::Add { id: id(1), bbox: bbox(0.0, 0.0, 50.0, 90.0), category: None };
    let refused = open.project.save_annotations(images[0].id, revision, &ChangeSet(vec![add])).unwrap_err();
    assert!(refused.to_string().contains("longer than 60 px"), "{refused}");
    let nonsense = ProjectPreferences { crop_side: 7, ..ProjectPreferences::default() };
    let error = open.project.set_preferences(&nonsense).unwrap_err();
    assert_eq!(error.to_string(), "the size of crops must lie between 32 and 1024 pixels, found 7");
    assert_eq!(open.project.preferences().unwrap().rules, strict);
}

#[test]
fn a_project_that_somebody_works_on_can_be_looked_at_and_copied_but_not_changed() {
    let (open, images) = open(&["a.jpg"]);
    draw(&open.project, images[0].id, 1, 10.0, None);
    let path = open.project.path().to_owned();
    let data = tempfile::tempdir().unwrap();
    let second = Workspace::new(adapters(&open.fakes), data.path().to_owned());
    let refused = second.open_project(&path).err().unwrap();
    assert_eq!(refused.code(), ErrorCode::Locked);
    let looking = second.open_refused_to_read().unwrap();
    assert!(looking.view().unwrap().read_only);
    assert_eq!(looking.open_image(images[0].id).unwrap().annotations.len(), 1);
    let error = looking.add_category("x").unwrap_err();
    assert!(error.to_string().contains("open for reading only"), "{error}");
    assert_eq!(error.code(), ErrorCode::InvalidInput, "the window takes the change back");
    // What the other one saves meanwhile is seen.
    open.project.add_category("late").unwrap();
    assert_eq!(looking.categories().unwrap()[0].name, "late");
    let copy = data.path().join("copy.bauta");
    let copied = second.save_as(&copy, &mut |_| {}, &CancelToken::default()).unwrap().unwrap();
    copied.add_category("mine").unwrap();
    assert_eq!(copied.open_image(images[0].id).unwrap().annotations.len(), 1);
    assert_eq!(open.project.categories().unwrap().len(), 1);
}

#[test]
fn a_backup_is_whole_or_not_there_and_the_list_of_recent_projects_names_what_is_missing() {
    let (fakes, folder, data) = (Arc::new(Fakes::default()), photos(&["a.jpg"]), tempfile::tempdir().unwrap());
    let workspace = Workspace::new(adapters(&fakes), data.path().to_owned());
    let project = workspace.create_project(&folder.path().join("p.bauta")).unwrap();
    project.add_folder(folder.path()).unwrap();
    let backup = folder.path().join("p backup.bauta");
    let stopped = CancelToken::default();
    stopped.cancel();
    // A project this small is copied in one piece, before anybody can stop it.
    let mut told = Vec::new();
    workspace.back_up(&backup, &mut |p| told.push((p.done, p.total)), &stopped).unwrap();
    assert!(told.last().is_some_and(|(done, total)| done == total), "{told:?}");
    for own in [project.path(), &folder.path().join("a.jpg")] {
        let itself = workspace.back_up(own, &mut |_| {}, &CancelToken::default()).unwrap_err();
        assert!(itself.to_string().contains("choose another name"), "{itself}");
    }
    workspace.open_project(&backup).unwrap();
    assert_eq!(workspace.project().unwrap().view().unwrap().images.len(), 1);
    std::fs::remove_file(project.path()).unwrap();
    let recent = workspace.recent_projects();
    assert_eq!(
        recent.iter().map(|p| (p.name.as_str(), p.missing)).collect::<Vec<_>>(),
        [("p backup", false), ("p", true)]
    );
    assert!(workspace.open_recent("/etc/passwd").is_err(), "only what is on the list");
    workspace.forget_recent(&recent[1].path).unwrap();
    assert_eq!(workspace.recent_projects().len(), 1);
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn moved_pictures_are_found_by_name_length_and_contents_and_the_plan_changes_nothing_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new/place"));
    for (name, text) in [("x/img.jpg", "ex"), ("y/img.jpg", "why"), ("same/1.jpg", "12345"), ("gone.jpg", "gone")] {
        write(&old.join(name), text);
    }
    write(&old.join("named.jpg"), "the very same");
    let fakes = Arc::new(Fakes::default());
    let project = Project::create(&folder.path().join("p.bauta"), adapters(&fakes)).unwrap();
    project.add_folder(&old).unwrap();
    let rows = project.view().unwrap().images;
    let (path, names) = (project.path().to_owned(), rows.iter().map(|r| r.name.clone()).collect::<Vec<_>>());
    assert_eq!(names, ["gone.jpg", "named.jpg", "1.jpg", "img.jpg", "img.jpg"]);
    draw(&project, rows[3].id, 1, 10.0, None);
    // The contents are remembered once somebody looked at the picture and rested.
    project.open_image(rows[1].id).unwrap();
    drop(project);
    let mut store = bauta_store::Store::open(&path).unwrap();
    let hash = <sha2::Sha256 as sha2::Digest>::digest(b"the very same").into();
    let facts = bauta_domain::FileFacts { bytes: 13, modified: None, hash: Some(hash) };
    store.set_file_facts(&[(rows[1].id, facts)]).unwrap();
    drop(store);
    std::fs::create_dir_all(new.parent().unwrap()).unwrap();
    std::fs::rename(&old, &new).unwrap();
    std::fs::rename(new.join("named.jpg"), new.join("renamed.jpg")).unwrap();
    std::fs::write(new.join("gone.jpg"), "another one").unwrap();

    let project = Project::open(&path, adapters(&fakes)).unwrap();
    let plan = project.plan_locate(&new, &mut |_| {}, &CancelToken::default()).unwrap().unwrap();
    let found: Vec<_> = plan.found.iter().map(|l| (l.to.replace(&new.display().to_string(), ""), l.by)).collect();
    let name = Recognised::NameAndSize;
    let expected =
        [("/renamed.jpg", Recognised::Contents), ("/same/1.jpg", name), ("/x/img.jpg", name), ("/y/img.jpg", name)];
    assert_eq!(found, expected.map(|(path, by)| (path.to_owned(), by)));
    assert_eq!((plan.missing, plan.problems.len()), (5, 1));
    assert!(plan.problems[0].message.contains("another one"), "{:?}", plan.problems);
    assert!(project.view().unwrap().images[3].folder.ends_with("old/x"), "a plan changes nothing");

    let changed = project.apply_locate(&plan).unwrap();
    assert_eq!((changed.rows.len(), changed.history.undo), (4, Some(Step::LocateImages)));
    assert!(changed.images.is_empty(), "boxes stay as they are");
    assert_eq!(project.open_image(rows[3].id).unwrap().annotations.len(), 1);
    project.undo().unwrap();
    assert!(project.view().unwrap().images[3].folder.ends_with("old/x"));
}
