"""Fifty short questions of everyday life, for answers that can be compared token by token. Always the same."""

QUESTIONS = """
What is the capital of France?
Why is the sky blue?
How do I boil an egg?
Write a short poem about the sea.
What is the difference between a frog and a toad?
Explain photosynthesis in two sentences.
Give me three tips for better sleep.
Who wrote Romeo and Juliet?
How many legs does a spider have?
Translate "good morning" into Spanish.
What should I pack for a week in the mountains?
Describe a sunset to someone who has never seen one.
What is 17 times 6?
Name five animals that live in Africa.
How does a bicycle stay upright?
Write a polite email that asks for a day off.
What causes the seasons?
Tell me a joke about a cat.
What is the largest planet of our solar system?
How do I make pancakes?
Summarise the story of Cinderella.
What are the primary colours?
Why do we dream?
Give a definition of democracy.
How do I learn to play the guitar?
What is the boiling point of water?
Write a slogan for a bakery.
What does a doctor do?
Explain what a variable is in programming.
Write a Python function that adds two numbers.
How do bees make honey?
What is the longest river in the world?
Give me a recipe for tomato soup.
What are the benefits of reading?
How does a refrigerator work?
Name three famous painters.
What is gravity?
Describe your favourite season.
How can I save money every month?
What is the meaning of "once in a blue moon"?
Who was Albert Einstein?
How do plants drink water?
Write the first sentence of a detective story.
What is a healthy breakfast?
Explain the rules of chess to a child.
How far is the moon?
What is the plural of "mouse"?
Why do leaves change colour in autumn?
Plan a birthday party for a six-year-old.
What is the difference between weather and climate?
""".strip().splitlines()
