"""Textes du domaine registers_sample : ce que dit une organisation inventée."""

TEXTS = {
    "registers_sample.action": "fermer le partage ouvert du serveur d’impression",
    "registers_sample.contract_room": "rapport au coffre, dossier 7",
    "registers_sample.data": "voix, nom, numéro de client",
    "registers_sample.evidence": "Preuve inventée de {name} : ce fichier tient lieu de feuille signée.",
    "registers_sample.hosting": "hébergement du CRM",
    "registers_sample.invented": "Exemple inventé : rien ici n’est un fait.",
    "registers_sample.name": "Centre d’appels inventé",
    "registers_sample.purpose": "appels des clients, enregistrés pour la qualité",
    "registers_sample.retention": "enregistrements 6 mois, analyses 1 an",
    "registers_sample.subject": "enregistrement des appels",
    "registers_sample.treatment": "second facteur au fournisseur d’identité",
    "registers_sample.watch": "rien qui nous concerne",
}
