// @vitest-environment node
import { expect, test } from "vitest";
import { nameSearch } from "./name-search";

const FILES = [
	{ folder: "/photos/3", name: "IMG_77.jpg" },
	{ folder: "/photos/33", name: "img_770.JPG" },
	{ folder: "/Other/Über", name: "3.png" },
	{ folder: "", name: "photos+(1).jpg" },
];

test.each([
	["img_77", "IMG_77.jpg img_770.JPG"],
	["photos", "IMG_77.jpg img_770.JPG photos+(1).jpg"],
	["/photos/3", "IMG_77.jpg img_770.JPG"],
	["/photos/3/", "IMG_77.jpg"],
	["photos/3/img", "IMG_77.jpg"],
	["os/33/IMG_7", "img_770.JPG"],
	["über", "3.png"],
	["ÜBER/3", "3.png"],
	["r/3.p", "3.png"],
	["s+(1).", "photos+(1).jpg"],
	["/", "IMG_77.jpg img_770.JPG 3.png photos+(1).jpg"],
	["3/3", ""],
])("%s finds %s", (text, names) => {
	const found = nameSearch(text);
	const joined = FILES.filter(({ folder, name }) => `${folder}/${name}`.toLowerCase().includes(text.toLowerCase()));
	expect(FILES.filter((file) => found?.(file)).map(({ name }) => name)).toEqual(joined.map(({ name }) => name));
	expect(joined.map(({ name }) => name).join(" ")).toBe(names);
});

test("no text is no search", () => {
	expect(nameSearch("  ")).toBeNull();
});
