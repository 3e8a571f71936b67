"""The operations of the API as commands. They send what they are told by `antiphon.client`; judging is the server's."""
