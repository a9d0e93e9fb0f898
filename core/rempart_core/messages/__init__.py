"""What Rempart says to people: messages by their ids, and the words of each in every language."""
