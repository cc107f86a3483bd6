/** A command that answers when the test lets it, in whatever order. */
export function held<T>() {
	const answers: ((data: T) => void)[] = [];
	const command = () => new Promise<T>((answer) => void answers.push(answer));
	return { answers, command };
}
