import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFakeBackend } from "../../backend/fake";
import type { TrainingConfig } from "../../bindings";
import TrainSettings from "./TrainSettings.svelte";
import { Training } from "./training.svelte";

type Field = HTMLInputElement | HTMLSelectElement;

let training: Training;
let page: ReturnType<typeof mount>;
beforeEach(async () => {
	training = new Training(createFakeBackend({ wait: () => Promise.resolve() }));
	await training.plan.choosePreset("paper");
	page = mount(TrainSettings, {
		target: document.body,
		props: { training, hasProject: false, busy: false, onlabel: () => {}, onask: null },
	});
	flushSync();
});
afterEach(() => void unmount(page));

function field(name: string): Field {
	const found = document.querySelector<Field>(`[name="${name}"]`);
	if (!found) throw new Error(`there is no setting "${name}"`);
	return found;
}

/** Enters a value as a person does, who then goes on to the next field. */
function enter(name: string, value: string): void {
	const entered = field(name);
	entered.value = value;
	entered.dispatchEvent(new Event("change", { bubbles: true }));
	flushSync();
}

function press(name: string): void {
	field(name).click();
	flushSync();
}

function config(): TrainingConfig {
	if (!training.plan.config) throw new Error("a preset was chosen");
	return training.plan.config;
}

const choices = (name: string) => Array.from(field(name).querySelectorAll("option"), (option) => option.value);

test("every setting has a field, with a name and a hint", () => {
	const { augmentation, ...others } = config();
	for (const name of [...Object.keys(others), ...Object.keys(augmentation ?? {}), "augmentation", "stopEarly"]) {
		expect(field(name).labels?.[0]?.textContent, name).toMatch(/\w/);
		const hint = document.getElementById(field(name).getAttribute("aria-describedby") ?? "");
		expect(hint?.textContent, name).toMatch(/\w/);
	}
});

test("what was changed is what is trained with", async () => {
	await training.plan.chooseFolder();
	enter("optimizer", "sgd");
	enter("shift", "0.05");
	await training.start();
	const { config: trained } = await training.plan.backend.trainingLog();
	expect(trained).toEqual({ ...config(), optimizer: "sgd", augmentation: { ...config().augmentation, shift: 0.05 } });
});

test.each([
	["loss", "msle"],
	["optimizer", "sgd"],
	["schedule", "one-cycle"],
])("of %s, %s can be chosen", (name, value) => {
	enter(name, value);
	expect(config()).toMatchObject({ [name]: value });
});

test.each([
	["weightDecay", "0.02", 0.02],
	["labelSmoothing", "0.1", 0.1],
	["learningRate", "0.0000125", 0.0000125],
	["seed", "7", 7],
	["dropout", "0.4", 0.4],
	["threads", "3", 3],
])("%s becomes %s", (name, text, value) => {
	enter(name, text);
	expect(config()).toMatchObject({ [name]: value });
});

test.each([
	["dropout", "0", "The network’s own"],
	["threads", "2", "All"],
])("%s can be emptied, and says what then holds", (name, text, meaning) => {
	enter(name, text);
	expect(config()).not.toMatchObject({ [name]: null });
	enter(name, "");
	expect(config()).toMatchObject({ [name]: null });
	expect(field(name)).toMatchObject({ value: "", placeholder: meaning });
});

test.each([
	["epochs", "0"],
	["epochs", "2.5"],
	["epochs", ""],
	["imageSize", "300"],
	["learningRate", "0"],
	["weightDecay", "-0.1"],
	["weightDecay", ""],
	["labelSmoothing", "1"],
	["dropout", "1"],
	["threads", "257"],
	["threads", "1.5"],
	["rotationDegrees", "181"],
	["zoom", "1"],
	["contrast", "1"],
	["blur", "0.2"],
	["shift", ""],
])("of %s, %j is taken back", (name, text) => {
	const [before, shown] = [config(), field(name).value];
	enter(name, text);
	expect(config()).toEqual(before);
	expect(field(name).value).toBe(shown);
});

test.each(["classWeights", "averageViews"])("%s is switched on and off", (name) => {
	press(name);
	expect(config()).toMatchObject({ [name]: true });
	press(name);
	expect(config()).toMatchObject({ [name]: false });
});

test("a training stops early only when that is on, and the number of epochs is remembered", () => {
	expect(config().patience).toBeNull();
	expect(field("patience").disabled).toBe(true);
	press("stopEarly");
	expect(config().patience).toBe(5);
	enter("patience", "0");
	expect(config().patience).toBe(5);
	enter("patience", "3");
	expect(config().patience).toBe(3);
	press("stopEarly");
	expect(config().patience).toBeNull();
	press("stopEarly");
	expect(config().patience).toBe(3);
});

test("random changes are set one by one, and remembered while they are off", () => {
	enter("brightness", "0.12");
	enter("rotationDegrees", "7.5");
	press("flip");
	const changed = { rotationDegrees: 7.5, shift: 0.2, zoom: 0.2, flip: false, brightness: 0.12 };
	expect(config().augmentation).toMatchObject(changed);
	press("augmentation");
	expect(config().augmentation).toBeNull();
	expect(document.querySelector("[name=brightness]")).toBeNull();
	press("augmentation");
	expect(config().augmentation).toMatchObject(changed);
});

test("what is trained of a network can be chosen where it is pretrained, as far as it has such parts", () => {
	expect(field("head")).toMatchObject({ disabled: true, value: "best" });
	enter("architecture", "mobilenet-v2");
	expect(field("head")).toMatchObject({ disabled: false, value: "best" });
	expect(choices("head")).toEqual(["best", "blocks", "wide", "tutorial"]);
	enter("head", "blocks");
	expect(config().head).toBe("blocks");
	enter("architecture", "two-backbones");
	expect(choices("head")).toEqual(["best", "wide", "tutorial"]);
	expect(config().head).toBeNull();
	enter("head", "tutorial");
	enter("head", "best");
	expect(config().head).toBeNull();
});
